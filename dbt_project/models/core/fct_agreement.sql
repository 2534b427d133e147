-- Grain: one row per agreement and other party of it, a school, a municipality or a node.
with agreements as (
    select * from {{ ref('stg_agreements__agreement') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    agreements.agreement_number,
    agreements.signed_date,
    coalesce(agreements.school_code, '') as school_code,
    coalesce(oktmo_municipality.municipality_code, '') as municipality_code,
    coalesce(agreements.node_code, '') as node_code,
    coalesce(agreements.oktmo, '') as oktmo,
    agreements.subject_matter,
    agreements.valid_to,
    agreements.terminated_date,
    -- it is in force on the day before it is ended
    least(agreements.valid_to, coalesce({{ add_days('agreements.terminated_date', -1) }}, {{ last_day() }})) as in_force_to,
    agreements.file_name,
    agreements.row_number
from agreements
left join oktmo_municipality
    on
        agreements.oktmo = oktmo_municipality.oktmo
        and agreements.signed_date between oktmo_municipality.valid_from and oktmo_municipality.valid_to
