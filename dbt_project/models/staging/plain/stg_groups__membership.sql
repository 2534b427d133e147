-- Grain: one row per group_name_key, member_code and valid_from.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('groups') }} as rows_that_count
)

select
    group_name,
    group_name_key,
    group_kind,
    member_code,
    role,
    valid_from,
    coalesce(valid_to, {{ last_day() }}) as valid_to,
    file_name,
    row_number
from source
