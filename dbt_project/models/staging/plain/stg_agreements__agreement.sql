-- Grain: one row per agreement_number, signed_date, school_code, oktmo and node_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('agreements') }} as rows_that_count
)

select
    agreement_number,
    signed_date,
    subject_matter,
    school_code,
    oktmo,
    node_code,
    coalesce(valid_to, {{ last_day() }}) as valid_to,
    terminated_date,
    file_name,
    row_number
from source
