-- Grain: one row per work_code, school_code and class.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('monitoring_classes') }} as rows_that_count
)

select
    procedure,
    work_code,
    work_date,
    subject_code,
    school_code,
    class,
    participants,
    marks_2,
    marks_3,
    marks_4,
    marks_5,
    mean_raw_score,
    max_raw_score,
    file_name,
    row_number
from source
