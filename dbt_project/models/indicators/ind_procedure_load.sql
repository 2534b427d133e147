-- Grain: one row per academic year and class of the schedule: how many works it has.
with works as (
    select * from {{ ref('fct_procedure_schedule') }}
),

classes as (
    select
        academic_year,
        reported_school_code,
        school_code,
        class_name,
        class_date,
        cast(count(*) as double precision) as works
    from works
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
    works as numerator,
    cast(1 as double precision) as denominator,
    works * works as sum_squares
from classes
