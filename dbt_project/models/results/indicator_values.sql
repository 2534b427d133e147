-- Grain: one row per indicator, period, level, entity, subject, class and breakdown, before suppression.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}") }}

with compared as (
    select * from {{ rebuilt_results(ref('indicator_compared')) }}
),

derived as (
    select * from {{ ref('indicator_derived') }}
),

levels as (
    {{ indicator_levels() }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

everything as (
    select
        indicator_code,
        period,
        level,
        entity_code,
        subject_code,
        grade,
        breakdown,
        unit,
        numerator,
        denominator,
        value,
        n,
        ci_low,
        ci_high,
        previous_value,
        delta,
        dynamics,
        assessment
    from compared
    union all
    select
        indicator_code,
        period,
        level,
        entity_code,
        subject_code,
        grade,
        breakdown,
        unit,
        numerator,
        denominator,
        value,
        n,
        ci_low,
        ci_high,
        previous_value,
        delta,
        dynamics,
        assessment
    from derived
),

dated as (
    select
        everything.*,
        levels.visibility,
        levels.methodology_version,
        {{ period_day('everything.period', 'levels.period_kind') }} as name_day
    from everything
    inner join levels on everything.indicator_code = levels.indicator_code and everything.level = levels.level
)

select
    dated.indicator_code,
    dated.period,
    dated.level,
    dated.entity_code,
    {{ entity_name('dated', 'entities') }} as entity_name,
    dated.subject_code,
    dated.grade,
    dated.breakdown,
    dated.numerator,
    dated.denominator,
    dated.value,
    dated.unit,
    dated.n,
    dated.ci_low,
    dated.ci_high,
    dated.previous_value,
    dated.delta,
    dated.dynamics,
    false as is_suppressed,
    cast(null as text) as suppression,
    dated.assessment,
    dated.visibility,
    dated.methodology_version
from dated
left join entities
    on
        {{ named_level('dated') }} = entities.level
        and {{ named_code('dated') }} = entities.entity_code
        and dated.name_day between entities.name_from and entities.name_to
