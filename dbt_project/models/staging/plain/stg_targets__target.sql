-- Grain: one row per indicator_code, level, entity_code and period.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('targets') }} as rows_that_count
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
from source
