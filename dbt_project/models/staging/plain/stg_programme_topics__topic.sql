-- Grain: one row per programme_key and topic.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('programme_topics') }} as rows_that_count
)

select
    programme,
    programme_key,
    topic,
    reviewed_date,
    file_name,
    row_number
from source
