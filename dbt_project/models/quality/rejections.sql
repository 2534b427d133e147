-- Grain: one row per row or file that stands rejected.
with rejected as (
    select * from {{ ref('stg_oko__rejection') }}
)

select
    source_name as source,
    file_name,
    file_sha256,
    sheet,
    row_number,
    column_name,
    reason_code,
    message_ru,
    rejected_at
from rejected
