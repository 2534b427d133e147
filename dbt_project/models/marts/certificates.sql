-- Grain: one row per certificate, as it stands on the day of the refresh.
with states as (
    select * from {{ ref('fct_certificate_as_of') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
)

select
    states.certificate_number,
    states.school_code,
    schools.entity_name as school_name,
    municipalities.entity_code as municipality_code,
    municipalities.entity_name as municipality_name,
    states.standard,
    states.scope,
    states.certification_body,
    states.valid_from,
    states.valid_to,
    states.status,
    states.status_date,
    states.is_active,
    {{ days_between('states.valid_to', 'states.as_of_date') }} as days_to_expiry,
    states.is_active
    and {{ days_between('states.valid_to', 'states.as_of_date') }} <= {{ parameter('expiring_days') }} as is_expiring
from states
left join entities as schools
    on
        schools.level = 'school'
        and states.school_code = schools.entity_code
        and states.as_of_date between schools.name_from and schools.name_to
left join membership
    on
        membership.level = 'municipality'
        and states.school_code = membership.member_code
        and states.as_of_date between membership.valid_from and membership.valid_to
left join entities as municipalities
    on
        municipalities.level = 'municipality'
        and membership.entity_code = municipalities.entity_code
        and states.as_of_date between municipalities.name_from and municipalities.name_to
where states.is_run_date
