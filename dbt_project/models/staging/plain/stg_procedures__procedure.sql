-- Grain: one row per academic_year, procedure and level.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('procedures') }} as rows_that_count
)

select
    academic_year,
    procedure,
    level,
    classes,
    subjects,
    data_source,
    basis,
    file_name,
    row_number
from source
