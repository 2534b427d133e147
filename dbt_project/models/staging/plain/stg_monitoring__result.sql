-- Grain: one row per work_code, school_code, class and participant_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('monitoring') }} as rows_that_count
)

select
    procedure,
    work_code,
    work_date,
    subject_code,
    school_code,
    class,
    participant_code,
    max_raw_score,
    raw_score,
    mark,
    file_name,
    row_number
from source
