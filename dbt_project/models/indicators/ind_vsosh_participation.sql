-- Grain: one row per academic year and school whose participants and pupils are known.
with coverage as (
    select * from {{ ref('fct_olympiad_coverage') }}
)

select
    academic_year || '/' || school_code as unit_id,
    pupils as units,
    school_code as member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(participants as double precision) as numerator,
    cast(pupils as double precision) as denominator,
    cast(null as double precision) as sum_squares
from coverage
where is_counted
