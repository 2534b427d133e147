-- Grain: one row per counted entry of a contest: the people of a team.
with entries as (
    select * from {{ ref('fct_contest_participation') }}
)

select
    academic_year || '/' || contest_key || '/' || contest_level || '/' || entry_number as unit_id,
    participants as units,
    school_code as member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    contestants as breakdown,
    cast(participants as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from entries
where is_counted
