-- Grain: one row per person_id, specialisation_key and valid_from.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('experts') }} as rows_that_count
)

select
    person_id,
    school_code,
    oktmo,
    specialisation,
    specialisation_key,
    valid_from,
    coalesce(valid_to, {{ last_day() }}) as valid_to,
    file_name,
    row_number
from source
