-- Grain: one row per school_code, period, recipient and criterion_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('incentives') }} as rows_that_count
)

select
    school_code,
    period,
    recipient,
    criterion_code,
    criterion,
    indicator_code,
    people,
    score,
    max_score,
    file_name,
    row_number
from source
