-- Grain: one row per as-of date, expert, their school or municipality and specialisation; '' is the expert whatever the specialisation.
with experts as (
    select * from {{ ref('fct_expert_as_of') }}
),

counted as (
    select
        as_of_date,
        person_id,
        member_code,
        specialisation as breakdown
    from experts
    union
    select
        as_of_date,
        person_id,
        member_code,
        '' as breakdown
    from experts
)

select
    person_id as unit_id,
    cast(1 as bigint) as units,
    member_code,
    '' as class_name,
    as_of_date as event_date,
    cast(as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    breakdown,
    cast(1 as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from counted
