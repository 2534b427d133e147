-- Grain: one row per school_code and academic_year.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('clusters') }} as rows_that_count
)

select
    school_code,
    academic_year,
    cluster,
    file_name,
    row_number
from source
