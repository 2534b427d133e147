-- Grain: one row per academic_year, contest_key, level and entry_number.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('contests') }} as rows_that_count
)

select
    academic_year,
    contest,
    contest_key,
    kind,
    level,
    participation_mode,
    contestants,
    entry_number,
    team_size,
    school_code,
    person_id,
    event_date,
    contest_result,
    file_name,
    row_number
from source
