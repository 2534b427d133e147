-- Grain: one row per event_code, school_code, oktmo, node_code and role.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('events') }} as rows_that_count
)

select
    event_code,
    event,
    kind,
    event_date,
    end_date,
    level,
    organiser,
    school_code,
    oktmo,
    node_code,
    role,
    people,
    file_name,
    row_number
from source
