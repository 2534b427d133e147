-- Grain: one row per level, entity, academic year and row of an independent procedure: indicator, subject, class, breakdown.
-- The composite stands beside each of its components; ВПР is shown and not counted.
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

procedures as (
    select * from {{ ref('quality_improvement_procedures') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

components as (
    select
        indicator_values.*,
        {{ academic_year_of('indicator_values.period', 'indicators.period_kind') }} as academic_year,
        procedures.procedure_name,
        procedures.is_counted and indicators.usage_kind = 'open' as is_counted,
        procedures.is_final_attestation,
        indicators.indicator_name
    from indicator_values
    inner join indicators on indicator_values.indicator_code = indicators.indicator_code
    inner join procedures
        on
            indicator_values.indicator_code = procedures.indicator_code
            and indicator_values.subject_code = coalesce(procedures.subject_code, indicator_values.subject_code)
            and indicator_values.breakdown like coalesce(procedures.breakdown_pattern, '')
),

composites as (
    select
        level,
        entity_code,
        period as academic_year,
        value
    from indicator_values
    where indicator_code = 'quality_improvement_composite'
),

-- улучшение: more procedures better than worse, and none of the final attestation worse
worse_attestation as (
    select distinct
        level,
        entity_code,
        academic_year
    from components
    where is_counted and is_final_attestation and assessment = 'ухудшение'
)

select
    components.academic_year,
    components.level,
    components.entity_code,
    components.entity_name,
    components.procedure_name,
    components.indicator_code,
    components.indicator_name,
    components.subject_code,
    {{ subject_ru('components.subject_code', 'subjects.subject_name', "components.procedure_name = 'ЕГЭ'") }} as subject_name,
    components.grade,
    components.breakdown,
    components.is_counted,
    components.value,
    components.previous_value,
    components.delta,
    components.n,
    components.dynamics,
    components.assessment,
    components.is_suppressed,
    components.visibility,
    composites.value as composite,
    case
        when composites.value is null then 'нет данных'
        when composites.value >= 1 and worse_attestation.entity_code is null then 'улучшение'
        when composites.value <= -1 then 'ухудшение'
        else 'без значимых изменений'
    end as composite_text
from components
left join composites
    on
        components.level = composites.level
        and components.entity_code = composites.entity_code
        and components.academic_year = composites.academic_year
left join worse_attestation
    on
        components.level = worse_attestation.level
        and components.entity_code = worse_attestation.entity_code
        and components.academic_year = worse_attestation.academic_year
left join subjects on components.subject_code = subjects.subject_code
