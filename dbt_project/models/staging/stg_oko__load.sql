-- Grain: one row per reading of a file.
select
    load_id,
    source as source_name,
    file_name,
    file_sha256,
    layout,
    rows_in,
    rows_loaded,
    rows_rejected,
    loaded_at
from {{ source('raw', '_loads') }}
