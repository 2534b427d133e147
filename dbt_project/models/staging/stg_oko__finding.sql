-- Grain: one row per finding made while a file was read.
select
    source as source_name,
    file_name,
    sheet,
    row_number,
    column_name,
    rule_code,
    severity,
    message_ru
from {{ source('raw', '_findings') }}
