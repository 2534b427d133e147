-- Grain: one row per raw score that somebody in the region reached, and school login that took part in the work.
with distribution as (
    select *
    from {{ ref('fct_vpr_score_distribution') }}
    where is_consistent
),

scores as (
    select distinct
        vpr_year,
        subject_code,
        grade,
        score
    from distribution
    where pupils > 0
),

schools as (
    select
        vpr_year,
        subject_code,
        grade,
        school_login,
        min(school_code) as school_code,
        min(event_date) as event_date,
        min(academic_year) as academic_year,
        max(participants) as participants
    from distribution
    group by vpr_year, subject_code, grade, school_login
)

select
    cast(schools.vpr_year as text) || '/' || schools.school_login || '/' || schools.subject_code || '/' || schools.grade
    || '/' || cast(scores.score as text) as unit_id,
    schools.participants as units,
    schools.school_code as member_code,
    '' as class_name,
    schools.event_date,
    schools.academic_year as period,
    schools.subject_code,
    schools.grade,
    cast(scores.score as text) as breakdown,
    cast(coalesce(distribution.pupils, 0) as double precision) as numerator,
    cast(schools.participants as double precision) as denominator,
    cast(null as double precision) as sum_squares
from schools
inner join scores
    on schools.vpr_year = scores.vpr_year and schools.subject_code = scores.subject_code and schools.grade = scores.grade
left join distribution
    on
        schools.vpr_year = distribution.vpr_year
        and schools.subject_code = distribution.subject_code
        and schools.grade = distribution.grade
        and schools.school_login = distribution.school_login
        and scores.score = distribution.score
where schools.participants > 0
