-- Grain: one row per academic year, class and subject whose lessons are known.
with hours as (
    select * from {{ ref('fct_procedure_hours') }}
)

select
    academic_year || '/' || reported_school_code || '/' || class_name as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    class_name,
    class_date as event_date,
    academic_year as period,
    subject_code,
    '' as grade,
    '' as breakdown,
    100 * lessons as numerator,
    cast(lessons_a_year as double precision) as denominator,
    cast(null as double precision) as sum_squares
from hours
