-- Grain: one row per indicator, level, entity and period that somebody set a goal for.
with targets as (
    select * from {{ ref('stg_targets__target') }}
)

select
    indicator_code,
    level,
    entity_code,
    period,
    baseline,
    target,
    basis,
    file_name,
    row_number
from targets
