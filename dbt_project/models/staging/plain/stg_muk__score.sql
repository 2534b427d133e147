-- Grain: one row per oktmo, year, kind and criterion_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('muk') }} as rows_that_count
)

select
    oktmo,
    year,
    kind,
    direction,
    criterion_code,
    score,
    max_score,
    evidence_url,
    file_name,
    row_number
from source
