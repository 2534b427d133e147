-- Grain: one row per school_code, oktmo, snapshot_date and age.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('extra_education') }} as rows_that_count
)

select
    school_code,
    oktmo,
    snapshot_date,
    age,
    children,
    covered,
    file_name,
    row_number
from source
