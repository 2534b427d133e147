-- Grain: one row per row or file that stands rejected.
with rejected as (
    select * from {{ ref('stg_oko__rejection') }}
),

sources as (
    select * from {{ ref('stg_oko__source') }}
)

select
    rejected.source_name as source,
    sources.source_title,
    rejected.file_name,
    rejected.file_sha256,
    rejected.sheet,
    rejected.row_number,
    rejected.column_name,
    rejected.reason_code,
    rejected.message_ru,
    rejected.rejected_at
from rejected
left join sources on rejected.source_name = sources.source_name
