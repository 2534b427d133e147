-- Grain: one row per reading of a file.
with readings as (
    select * from {{ ref('stg_oko__load') }}
)

select
    source_name as source,
    file_name,
    file_sha256,
    layout,
    rows_in,
    rows_loaded,
    rows_rejected,
    loaded_at
from readings
