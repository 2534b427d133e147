-- Grain: one row per school and academic year: the results of the years before, all measured works together.
-- One pupil sits several works, so the spread between people is not known.
with lists as (
    select * from {{ ref('fct_low_result') }}
)

select
    academic_year || '/' || school_code as unit_id,
    participants as units,
    school_code as member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(low_participants as double precision) as numerator,
    cast(participants as double precision) as denominator,
    cast(null as double precision) as sum_squares
from lists
where excluded_reason is null
