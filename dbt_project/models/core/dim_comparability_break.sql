-- Grain: one row per pattern of indicator codes and period that may not be compared with the one before.
with breaks as (
    select * from {{ ref('comparability_breaks') }}
)

select
    indicator_pattern,
    period,
    shows_previous,
    reason_ru as reason,
    evidence
from breaks
