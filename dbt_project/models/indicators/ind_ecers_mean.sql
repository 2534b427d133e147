-- Grain: one row per academic year, observed group and subscale, and one for the whole scale where all subscales were observed.
with scores as (
    select * from {{ ref('fct_ecers') }}
),

-- an item that does not apply to a group leaves its mean alone
observed as (
    select
        academic_year,
        reported_school_code,
        school_code,
        group_name,
        observation_date,
        subscale,
        score
    from scores
    where is_latest and score is not null
),

means as (
    select
        academic_year,
        reported_school_code,
        school_code,
        group_name,
        observation_date,
        'подшкала: ' || subscale as breakdown,
        avg(score) as mean_score
    from observed
    group by academic_year, reported_school_code, school_code, group_name, observation_date, subscale
    union all
    select
        academic_year,
        reported_school_code,
        school_code,
        group_name,
        observation_date,
        '' as breakdown,
        avg(score) as mean_score
    from observed
    group by academic_year, reported_school_code, school_code, group_name, observation_date
    having count(distinct subscale) = {{ parameter('ecers_subscales') }}
)

select
    academic_year || '/' || reported_school_code || '/' || group_name as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    observation_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    breakdown,
    mean_score as numerator,
    cast(1 as double precision) as denominator,
    mean_score * mean_score as sum_squares
from means
