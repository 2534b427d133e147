-- Grain: one row per oktmo.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('boundaries') }} as rows_that_count
)

select
    oktmo,
    name,
    geometry_kind,
    west,
    south,
    east,
    north,
    least_points,
    open_rings,
    outline,
    label_left,
    label_top,
    label_width,
    file_name,
    row_number
from source
