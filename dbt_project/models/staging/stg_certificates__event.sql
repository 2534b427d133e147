-- Grain: one row per certificate (number and date of registration), status and date of the status.
with source as (
    select * from {{ current_rows('certificates') }} as rows_that_count
)

select
    certificate_number,
    registration_date,
    status,
    status_date,
    school_code,
    holder_inn,
    holder,
    standard,
    scope,
    certification_body,
    valid_from,
    valid_to,
    file_name,
    row_number
from source
