-- Grain: one row per source and per indicator of the publication before.
select
    counted,
    code,
    row_count as previous_rows
from {{ source('raw', '_previous_rows') }}
