-- Grain: one row per school_code, academic_year and indicator_key.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('context') }} as rows_that_count
)

select
    school_code,
    academic_year,
    indicator,
    indicator_key,
    value,
    file_name,
    row_number
from source
