-- Grain: one row per school_code, counted_on and grade.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('enrolment') }} as rows_that_count
)

select
    school_code,
    counted_on,
    grade,
    pupils,
    file_name,
    row_number
from source
