-- Grain: one row per indicator, period, level, entity, subject, class and breakdown: by the current method, schools as they were.
{{ config(schema='intermediate', materialized='view') }}

with versions as (
    select * from {{ ref('indicator_versions') }}
),

current_methods as (
    select distinct
        indicator_code,
        methodology_version
    from (
        {{ indicator_levels() }}
    ) as levels
)

select
    versions.indicator_code,
    versions.period,
    versions.level,
    versions.entity_code,
    versions.subject_code,
    versions.grade,
    versions.breakdown,
    versions.unit,
    versions.numerator,
    versions.denominator,
    versions.value,
    versions.n,
    versions.ci_low,
    versions.ci_high,
    versions.previous_value,
    versions.delta,
    versions.dynamics,
    versions.assessment
from versions
inner join current_methods
    on versions.indicator_code = current_methods.indicator_code and versions.methodology_version = current_methods.methodology_version
where versions.structure = 'as_was'
