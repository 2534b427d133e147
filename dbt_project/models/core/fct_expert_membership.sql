-- Grain: one row per expert, specialisation and start of membership in the register.
with memberships as (
    select * from {{ ref('stg_experts__membership') }}
),

municipalities as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    memberships.person_id,
    memberships.specialisation_key,
    -- one spelling of a specialisation, or one breakdown would fall into several
    first_value(memberships.specialisation) over (
        partition by memberships.specialisation_key
        order by {{ byte_order('memberships.specialisation') }}
    ) as specialisation,
    memberships.valid_from,
    memberships.valid_to,
    memberships.school_code,
    municipalities.municipality_code,
    memberships.file_name,
    memberships.row_number
from memberships
left join municipalities
    on
        memberships.oktmo = municipalities.oktmo
        and memberships.valid_from between municipalities.valid_from and municipalities.valid_to
