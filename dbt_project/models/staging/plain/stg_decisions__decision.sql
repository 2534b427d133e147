-- Grain: one row per decision_number, decision_date, school_code, oktmo and node_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('decisions') }} as rows_that_count
)

select
    decision_number,
    decision_date,
    kind,
    issued_by,
    wording,
    school_code,
    oktmo,
    node_code,
    indicator_code,
    due_date,
    done_date,
    file_name,
    row_number
from source
