-- Grain: one row per school_code, class, planned_date, procedure and subject_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('procedure_schedule') }} as rows_that_count
)

select
    school_code,
    class,
    planned_date,
    procedure,
    subject_code,
    work_code,
    lessons,
    lessons_a_year,
    file_name,
    row_number
from source
