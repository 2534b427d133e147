-- Grain: one row per action_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('capa') }} as rows_that_count
)

select
    action_code,
    node_code,
    audit_code,
    action_kind,
    description,
    due_date,
    done_date,
    verified_date,
    is_effective,
    file_name,
    row_number
from source
