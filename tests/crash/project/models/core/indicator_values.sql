-- Grain: one row per level and entity: the mean of the scores, appeals included.
with results as (
    select
        results.school_code,
        schools.oktmo,
        coalesce(appeals.score, results.test_score) as score
    from {{ ref('stg_ege__result') }} as results
    inner join {{ ref('stg_schools__school') }} as schools on results.school_code = schools.school_code
    left join {{ ref('stg_ege__appeal') }} as appeals
        on
            results.exam_date = appeals.exam_date
            and results.subject_code = appeals.subject_code
            and results.person_id = appeals.person_id
),

levelled as (
    select
        'school' as level,
        school_code as entity_code,
        score
    from results
    union all
    select
        'municipality' as level,
        oktmo as entity_code,
        score
    from results
    union all
    select
        'region' as level,
        '54' as entity_code,
        score
    from results
)

select
    'mean_score' as indicator_code,
    '2024' as period,
    level,
    entity_code,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    'public' as visibility,
    'mean' as unit,
    false as is_suppressed,
    cast(null as text) as suppression,
    cast(null as double precision) as ci_low,
    cast(null as double precision) as ci_high,
    cast(null as double precision) as previous_value,
    cast(null as double precision) as delta,
    cast(sum(score) as double precision) as numerator,
    cast(count(score) as double precision) as denominator,
    cast(avg(score) as double precision) as value,
    count(score) as n
from levelled
group by level, entity_code
