-- Grain: one row per reading of a file.
with readings as (
    select * from {{ ref('stg_oko__load') }}
),

sources as (
    select * from {{ ref('stg_oko__source') }}
)

select
    readings.source_name as source,
    sources.source_title,
    readings.file_name,
    readings.file_sha256,
    readings.layout,
    readings.rows_in,
    readings.rows_loaded,
    readings.rows_rejected,
    readings.loaded_at
from readings
left join sources on readings.source_name = sources.source_name
