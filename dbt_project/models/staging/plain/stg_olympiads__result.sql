-- Grain: one row per academic_year, stage, subject_key and participant_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('olympiads') }} as rows_that_count
)

select
    academic_year,
    stage,
    subject,
    subject_key,
    participant_code,
    school_code,
    person_id,
    study_grade,
    contest_grade,
    points,
    max_points,
    status,
    file_name,
    row_number
from source
