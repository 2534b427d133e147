-- Grain: one row per school_code, check_date and criterion_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('site_checks') }} as rows_that_count
)

select
    school_code,
    check_date,
    criterion_code,
    score,
    max_score,
    file_name,
    row_number
from source
