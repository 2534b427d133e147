-- Grain: one row per academic year, subject and winner or prize-winner of the school stage who has points at the municipal stage.
with works as (
    select * from {{ ref('fct_olympiad_result') }}
),

best_at_school as (
    select
        academic_year,
        subject_code,
        person_id,
        school_code,
        min(event_date) as event_date
    from works
    where stage = 'школьный' and is_awarded and subject_code is not null and person_id is not null
    group by academic_year, subject_code, person_id, school_code
),

-- who wrote for two grades is judged by the better work
at_municipality as (
    select
        academic_year,
        subject_code,
        person_id,
        max(points_share) as points_share
    from works
    where stage = 'муниципальный' and points_share is not null
    group by academic_year, subject_code, person_id
)

select
    best_at_school.academic_year || '/' || best_at_school.subject_code || '/' || best_at_school.person_id as unit_id,
    cast(1 as bigint) as units,
    best_at_school.school_code as member_code,
    '' as class_name,
    best_at_school.event_date,
    best_at_school.academic_year as period,
    best_at_school.subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when at_municipality.points_share < {{ parameter('olympiad_low_share') }} then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from best_at_school
inner join at_municipality
    on
        best_at_school.academic_year = at_municipality.academic_year
        and best_at_school.subject_code = at_municipality.subject_code
        and best_at_school.person_id = at_municipality.person_id
