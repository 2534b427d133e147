-- Grain: one row per indicator, version, structure, period, level, entity, subject, class and breakdown outside indicator_values:
-- other versions of the definition, and the current one with schools where they, or their successors, are today.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}") }}

with versions as (
    select * from {{ rebuilt_results(ref('indicator_versions')) }}
),

levels as (
    {{ indicator_levels() }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

dated as (
    select
        versions.*,
        levels.visibility,
        {{ period_day('versions.period', 'levels.period_kind') }} as name_day
    from versions
    inner join levels on versions.indicator_code = levels.indicator_code and versions.level = levels.level
    where versions.structure <> 'as_was' or versions.methodology_version <> levels.methodology_version
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
    dated.methodology_version,
    dated.structure
from dated
left join entities
    on
        {{ named_level('dated') }} = entities.level
        and {{ named_code('dated') }} = entities.entity_code
        and dated.name_day between entities.name_from and entities.name_to
