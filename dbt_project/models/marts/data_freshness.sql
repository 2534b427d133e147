-- Grain: one row per declared source.
with freshness as (
    select * from {{ ref('freshness') }}
)

select
    source,
    source_title,
    cadence,
    files,
    rows_loaded,
    rows_rejected,
    last_modified_at,
    last_loaded_at,
    age_days,
    is_late,
    expected_by,
    days_over,
    state
from freshness
