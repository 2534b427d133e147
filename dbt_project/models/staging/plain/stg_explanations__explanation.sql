-- Grain: one row per school_code, period and indicator_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('explanations') }} as rows_that_count
)

select
    school_code,
    period,
    indicator_code,
    explanation,
    explained_on,
    file_name,
    row_number
from source
