-- Grain: one row per academic year and class of the schedule: has it a day with too many works.
with works as (
    select * from {{ ref('fct_procedure_schedule') }}
),

days as (
    select
        academic_year,
        reported_school_code,
        school_code,
        class_name,
        class_date,
        planned_date,
        count(*) as works
    from works
    group by academic_year, reported_school_code, school_code, class_name, class_date, planned_date
),

classes as (
    select
        academic_year,
        reported_school_code,
        school_code,
        class_name,
        class_date,
        max(works) as works
    from days
    group by academic_year, reported_school_code, school_code, class_name, class_date
)

select
    academic_year || '/' || reported_school_code || '/' || class_name as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    class_name,
    class_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when works > {{ parameter('procedures_a_day') }} then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from classes
