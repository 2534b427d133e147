-- Grain: one row per as-of date, expert, specialisation and the school or municipality that the expert belongs to.
-- The register says where an expert works; where it does not, the personnel lists do. Who has no place in either is in no entity,
-- and a finding (expert_without_place).
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

memberships as (
    select * from {{ ref('fct_expert_membership') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

staff as (
    select * from {{ ref('fct_staff_as_of') }}
    where is_main_job
),

active as (
    select
        dates.as_of_date,
        memberships.person_id,
        memberships.specialisation_key,
        memberships.specialisation,
        coalesce(attribution.attributed_code, memberships.school_code) as school_code,
        memberships.municipality_code
    from dates
    inner join memberships on dates.as_of_date between memberships.valid_from and memberships.valid_to
    left join attribution
        on
            memberships.school_code = attribution.school_code
            and dates.as_of_date between attribution.valid_from and attribution.valid_to
),

placed as (
    select
        active.as_of_date,
        active.person_id,
        active.specialisation_key,
        active.specialisation,
        coalesce(
            active.school_code,
            {{ municipality_member('active.municipality_code') }},
            staff.school_code
        ) as member_code
    from active
    left join staff
        on
            active.as_of_date = staff.as_of_date
            and active.person_id = staff.person_id
            and active.school_code is null
            and active.municipality_code is null
)

select distinct
    as_of_date,
    person_id,
    specialisation_key,
    specialisation,
    member_code
from placed
where member_code is not null
