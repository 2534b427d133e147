-- Grain: one row per municipality, period, indicator, subject, class and breakdown of the card, beside the region.
with own as (
    {{ card_rows('municipality', 'on_municipality_card') }}
)

select
    year,
    period,
    entity_code as municipality_code,
    entity_name as municipality_name,
    block,
    place,
    indicator_code,
    indicator_name,
    subject_code,
    subject_name,
    grade,
    breakdown,
    unit,
    value,
    n,
    ci_low,
    ci_high,
    previous_value,
    delta,
    dynamics,
    assessment,
    is_suppressed,
    region_value,
    visibility,
    usage_kind,
    limits_text
from own
