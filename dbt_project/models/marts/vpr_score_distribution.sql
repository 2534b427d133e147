-- Grain: one row per academic year, subject, class, level, entity and raw score of the ВПР.
with indicator_values as (
    select *
    from {{ ref('marts__indicator_values') }}
    where indicator_code = 'vpr_score_share'
),

scales as (
    select
        *,
        count(*) over (partition by academic_year, subject_code, grade) as works
    from {{ ref('dim_vpr_mark_scale') }}
),

located as (
    {{ vpr_located('indicator_values') }}
),

scored as (
    select
        *,
        cast(breakdown as bigint) as score
    from located
)

select
    scored.period as academic_year,
    scored.subject_code,
    scored.subject_name,
    scored.grade,
    scored.level,
    scored.entity_code,
    scored.entity_name,
    scored.municipality_code,
    scored.municipality_name,
    scored.score,
    case
        when scored.score >= scales.min_5 then '5'
        when scored.score >= scales.min_4 then '4'
        when scored.score >= scales.min_3 then '3'
        when scored.score < scales.min_3 then '2'
    end as mark,
    coalesce(scored.score in (scales.min_3, scales.min_4, scales.min_5), false) as is_mark_boundary,
    scored.n as participants,
    scored.value as share,
    scored.ci_low,
    scored.ci_high,
    {{ vpr_reliability('scored.n') }} as reliability,
    scored.is_suppressed,
    scored.visibility
from scored
-- two works of one class and subject in a year (an autumn campaign) have two scales, which nothing tells apart here
left join scales
    on
        scales.works = 1
        and scored.period = scales.academic_year
        and scored.subject_code = scales.subject_code
        and scored.grade = scales.grade
