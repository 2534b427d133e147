-- Grain: one row per competition_key, year, entry_number, criterion_code and expert_number.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('competitions') }} as rows_that_count
)

select
    competition,
    competition_key,
    year,
    nomination,
    entry_number,
    school_code,
    oktmo,
    criterion_code,
    expert_number,
    score,
    max_score,
    competition_result,
    file_name,
    row_number
from source
