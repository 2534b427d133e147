-- Grain: one row per audit_code and criterion_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('audits') }} as rows_that_count
)

select
    audit_code,
    audit_kind,
    auditor_node_code,
    node_code,
    subject_matter,
    audit_date,
    criterion_code,
    score,
    max_score,
    nonconformity,
    file_name,
    row_number
from source
