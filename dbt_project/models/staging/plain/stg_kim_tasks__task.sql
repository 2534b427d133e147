-- Grain: one row per procedure, year, subject_code, grade, work_code and task_number.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('kim_tasks') }} as rows_that_count
)

select
    procedure,
    year,
    subject_code,
    grade,
    work_code,
    task_number,
    answer_kind,
    content_element,
    skill,
    difficulty,
    max_score,
    file_name,
    row_number
from source
