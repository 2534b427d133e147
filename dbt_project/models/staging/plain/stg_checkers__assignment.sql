-- Grain: one row per procedure, work_date, subject_code, school_code, class, role and person_id.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('checkers') }} as rows_that_count
)

select
    procedure,
    work_date,
    subject_code,
    school_code,
    class,
    role,
    person_id,
    work_school_code,
    teaches_class,
    papers,
    file_name,
    row_number
from source
