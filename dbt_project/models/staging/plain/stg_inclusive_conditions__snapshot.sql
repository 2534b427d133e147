-- Grain: one row per school_code and snapshot_date.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('inclusive_conditions') }} as rows_that_count
)

select
    school_code,
    snapshot_date,
    special_needs_pupils,
    groups,
    classes,
    special_staff,
    file_name,
    row_number
from source
