-- Grain: one row per row or file that stands rejected.
select
    source as source_name,
    file_name,
    file_sha256,
    sheet,
    row_number,
    column_name,
    reason_code,
    message_ru,
    rejected_at
from {{ source('raw', '_rejections') }}
