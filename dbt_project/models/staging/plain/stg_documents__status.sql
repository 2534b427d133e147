-- Grain: one row per document_code, version, status and status_date.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('documents') }} as rows_that_count
)

select
    document_code,
    title,
    kind,
    version,
    status,
    status_date,
    school_code,
    oktmo,
    node_code,
    url,
    file_name,
    row_number
from source
