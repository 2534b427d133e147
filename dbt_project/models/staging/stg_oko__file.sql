-- Grain: one row per content of a file that was read.
select
    file_sha256,
    source as source_name,
    file_name,
    modified_at,
    in_landing,
    rows_loaded
from {{ source('raw', '_files') }}
