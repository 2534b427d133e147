-- Grain: one row per diagnostic_code, person_id and competence_key.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('staff_diagnostics') }} as rows_that_count
)

select
    diagnostic_code,
    diagnostic_date,
    person_id,
    school_code,
    oktmo,
    position_group,
    competence,
    competence_key,
    score,
    max_score,
    file_name,
    row_number
from source
