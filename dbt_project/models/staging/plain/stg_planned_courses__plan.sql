-- Grain: one row per programme_key, start_date, listeners and oktmo.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('planned_courses') }} as rows_that_count
)

select
    programme,
    programme_key,
    topic,
    hours,
    listeners,
    oktmo,
    start_date,
    end_date,
    planned_people,
    file_name,
    row_number
from source
