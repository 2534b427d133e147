-- Grain: one row per publication_key, outlet_key, publication_date, school_code, oktmo and node_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('publications') }} as rows_that_count
)

select
    publication,
    publication_key,
    kind,
    outlet,
    outlet_key,
    publication_date,
    school_code,
    oktmo,
    node_code,
    url,
    file_name,
    row_number
from source
