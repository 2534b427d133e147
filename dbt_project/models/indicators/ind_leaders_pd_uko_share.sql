-- Grain: one row per as-of date, school and head employed there.
with staff as (
    select * from {{ ref('fct_staff_as_of') }}
)

select
    person_id as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    as_of_date as event_date,
    cast(as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when has_quality_management_pd then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from staff
where position_group = 'руководитель'
