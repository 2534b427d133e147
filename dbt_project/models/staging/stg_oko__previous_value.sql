-- Grain: one row per indicator, period, subject, class and breakdown of the region in the publication before.
select
    indicator_code,
    period,
    entity_code,
    subject_code,
    grade,
    breakdown,
    value,
    ci_low,
    ci_high
from {{ source('raw', '_previous_values') }}
