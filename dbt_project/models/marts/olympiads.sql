-- Grain: one row per academic year, level, entity and subject; the row without a subject has the coverage by all of them.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where
        indicator_code in ('vsosh_participation', 'vsosh_entries', 'vsosh_efficiency', 'vsosh_objectivity')
        -- signs of objectivity are for those who work with them: here of the region alone
        and visibility = 'public'
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
        max(entity_name) as entity_name,
        max(case when indicator_code = 'vsosh_participation' then n end) as pupils,
        max(case when indicator_code = 'vsosh_participation' then numerator end) as participants,
        max(case when indicator_code = 'vsosh_participation' then value end) as participation,
        max(case when indicator_code = 'vsosh_participation' then ci_low end) as participation_ci_low,
        max(case when indicator_code = 'vsosh_participation' then ci_high end) as participation_ci_high,
        max(case when indicator_code = 'vsosh_participation' then delta end) as participation_delta,
        max(case when indicator_code = 'vsosh_entries' then value end) as entries,
        max(case when indicator_code = 'vsosh_efficiency' and breakdown = 'этап: школьный' then n end) as school_works,
        max(case when indicator_code = 'vsosh_efficiency' and breakdown = 'этап: школьный' then value end) as school_efficiency,
        max(case when indicator_code = 'vsosh_efficiency' and breakdown = 'этап: муниципальный' then n end) as municipal_works,
        max(case when indicator_code = 'vsosh_efficiency' and breakdown = 'этап: муниципальный' then value end) as municipal_efficiency,
        max(case when indicator_code = 'vsosh_efficiency' and breakdown = 'этап: региональный' then n end) as regional_works,
        max(case when indicator_code = 'vsosh_efficiency' and breakdown = 'этап: региональный' then value end) as regional_efficiency,
        max(case when indicator_code = 'vsosh_efficiency' and breakdown = 'этап: заключительный' then n end) as final_works,
        max(case when indicator_code = 'vsosh_efficiency' and breakdown = 'этап: заключительный' then value end) as final_efficiency,
        max(case when indicator_code = 'vsosh_objectivity' then n end) as compared_winners,
        max(case when indicator_code = 'vsosh_objectivity' then value end) as low_at_municipal_stage,
        bool_or(is_suppressed) as has_suppressed
    from published
    group by period, level, entity_code, subject_code
)

select
    wide.period as academic_year,
    {{ period_year('wide.period', "'academic_year'") }} as year,
    wide.level,
    wide.entity_code,
    wide.entity_name,
    wide.subject_code,
    case
        when wide.subject_code = '' then 'Все предметы' else {{ subject_ru('wide.subject_code', 'subjects.subject_name') }}
    end as subject_name,
    wide.pupils,
    wide.participants,
    wide.participation,
    wide.participation_ci_low,
    wide.participation_ci_high,
    wide.participation_delta,
    wide.entries,
    wide.school_works,
    wide.school_efficiency,
    wide.municipal_works,
    wide.municipal_efficiency,
    wide.regional_works,
    wide.regional_efficiency,
    wide.final_works,
    wide.final_efficiency,
    wide.compared_winners,
    wide.low_at_municipal_stage,
    wide.has_suppressed
from wide
left join subjects on wide.subject_code = subjects.subject_code
