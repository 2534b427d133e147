-- Grain: one row per as-of date, person with a diagnostic, place and group of positions.
with results as (
    select * from {{ ref('fct_staff_competence_as_of') }}
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
    position_group as breakdown,
    cast(case when score_share >= {{ parameter('competence_min_share') }} then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from results
