-- Grain: one row per work_code, school_code, class, participant_code and task_number.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('monitoring_tasks') }} as rows_that_count
)

select
    work_code,
    school_code,
    class,
    participant_code,
    task_number,
    task_score,
    file_name,
    row_number
from source
