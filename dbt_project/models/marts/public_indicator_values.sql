-- Grain: one row per public indicator, period, level, entity, subject, class and breakdown.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}") }}

with indicator_values as (
    select * from {{ rebuilt_results(ref('marts__indicator_values')) }}
)

select
    indicator_code,
    period,
    level,
    entity_code,
    entity_name,
    subject_code,
    grade,
    breakdown,
    numerator,
    denominator,
    value,
    unit,
    n,
    ci_low,
    ci_high,
    previous_value,
    delta,
    dynamics,
    is_suppressed,
    suppression,
    assessment,
    visibility,
    methodology_version
from indicator_values
where visibility = 'public'
