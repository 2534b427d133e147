-- Grain: one row per school_code, group_name, observation_date and item_number.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('ecers') }} as rows_that_count
)

select
    school_code,
    group_name,
    observation_date,
    subscale,
    item_number,
    score,
    file_name,
    row_number
from source
