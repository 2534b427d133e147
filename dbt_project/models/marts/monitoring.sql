-- Grain: one row per academic year, level, entity, subject, class, procedure and half-year.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where indicator_code in ('monitoring_score_share', 'monitoring_quality')
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

wide as (
    select
        period,
        level,
        entity_code,
        subject_code,
        grade,
        breakdown,
        max(entity_name) as entity_name,
        max(case when indicator_code = 'monitoring_score_share' then n end) as participants,
        max(case when indicator_code = 'monitoring_score_share' then value end) as score_share,
        max(case when indicator_code = 'monitoring_score_share' then ci_low end) as score_share_ci_low,
        max(case when indicator_code = 'monitoring_score_share' then ci_high end) as score_share_ci_high,
        max(case when indicator_code = 'monitoring_score_share' then delta end) as score_share_delta,
        max(case when indicator_code = 'monitoring_quality' then n end) as marked,
        max(case when indicator_code = 'monitoring_quality' then value end) as quality,
        max(case when indicator_code = 'monitoring_quality' then ci_low end) as quality_ci_low,
        max(case when indicator_code = 'monitoring_quality' then ci_high end) as quality_ci_high,
        max(case when indicator_code = 'monitoring_quality' then delta end) as quality_delta,
        max(case when indicator_code = 'monitoring_quality' then assessment end) as quality_assessment,
        bool_or(is_suppressed) as has_suppressed
    from published
    group by period, level, entity_code, subject_code, grade, breakdown
)

select
    wide.period as academic_year,
    {{ period_year('wide.period', "'academic_year'") }} as year,
    wide.level,
    wide.entity_code,
    wide.entity_name,
    wide.subject_code,
    {{ subject_ru('wide.subject_code', 'subjects.subject_name') }} as subject_name,
    wide.grade,
    split_part(wide.breakdown, ', полугодие ', 1) as procedure_name,
    split_part(wide.breakdown, ', полугодие ', 2) as half_year,
    wide.participants,
    wide.score_share,
    wide.score_share_ci_low,
    wide.score_share_ci_high,
    wide.score_share_delta,
    wide.marked,
    wide.quality,
    wide.quality_ci_low,
    wide.quality_ci_high,
    wide.quality_delta,
    wide.quality_assessment,
    wide.has_suppressed
from wide
left join subjects on wide.subject_code = subjects.subject_code
