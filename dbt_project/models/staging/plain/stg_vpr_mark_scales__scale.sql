-- Grain: one row per year, grade and subject_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('vpr_mark_scales') }} as rows_that_count
)

select
    year,
    grade,
    subject_code,
    min_3,
    min_4,
    min_5,
    max_score,
    basis,
    file_name,
    row_number
from source
