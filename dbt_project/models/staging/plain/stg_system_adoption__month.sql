-- Grain: one row per system_key, school_code and snapshot_date.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('system_adoption') }} as rows_that_count
)

select
    system,
    system_key,
    school_code,
    snapshot_date,
    users,
    operations,
    file_name,
    row_number
from source
