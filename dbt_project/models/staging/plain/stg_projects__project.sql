-- Grain: one row per project_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('projects') }} as rows_that_count
)

select
    project_code,
    project,
    school_code,
    oktmo,
    node_code,
    goal,
    project_indicator,
    start_date,
    due_date,
    end_date,
    file_name,
    row_number
from source
