-- Grain: one row per report_key, period, school_code, oktmo and node_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('reports') }} as rows_that_count
)

select
    report,
    report_key,
    period,
    school_code,
    oktmo,
    node_code,
    due_date,
    submitted_date,
    status,
    file_name,
    row_number
from source
