-- Grain: one row per counted entry of a contest, and once more where it won or took a prize.
with entries as (
    select * from {{ ref('fct_contest_participation') }}
),

outcomes as (
    select
        *,
        contestants || ': заявки' as outcome
    from entries
    where is_counted
    union all
    select
        *,
        contestants || ': победы и призовые места' as outcome
    from entries
    where is_counted and is_awarded
)

select
    academic_year || '/' || contest_key || '/' || contest_level || '/' || entry_number as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    outcome as breakdown,
    level_weight as numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from outcomes
