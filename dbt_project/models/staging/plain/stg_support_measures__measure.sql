-- Grain: one row per measure_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('support_measures') }} as rows_that_count
)

select
    measure_code,
    school_code,
    oktmo,
    kind,
    subject_code,
    basis,
    node_code,
    start_date,
    end_date,
    outcome,
    file_name,
    row_number
from source
