-- Grain: one row per node_code and valid_from.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('network') }} as rows_that_count
)

select
    node_code,
    role,
    school_code,
    parent_code,
    valid_from,
    coalesce(valid_to, {{ last_day() }}) as valid_to,
    file_name,
    row_number
from source
