-- Grain: one row per academic year and class with a subject whose lessons are known: has it a subject with too many of them spent on works.
with hours as (
    select * from {{ ref('fct_procedure_hours') }}
),

classes as (
    select
        academic_year,
        reported_school_code,
        school_code,
        class_name,
        class_date,
        max(lessons / lessons_a_year) as lessons_share
    from hours
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
    cast(case when lessons_share > {{ parameter('procedure_hours_share') }} then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from classes
