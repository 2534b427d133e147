-- Grain: one row per work of the school stage.
with works as (
    select * from {{ ref('fct_olympiad_result') }}
)

select
    academic_year || '/' || subject_key || '/' || participant_code as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(1 as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from works
where stage = 'школьный' and is_of_olympiad_grades
