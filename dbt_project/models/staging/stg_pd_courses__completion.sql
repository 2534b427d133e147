-- Grain: one row per course document.
with source as (
    select * from {{ current_rows('pd_courses') }} as rows_that_count
)

select
    document_id,
    person_id,
    school_code,
    oktmo,
    position as position_name,
    programme,
    programme_key,
    upper(trim(topic)) as topic,
    hours,
    start_date,
    end_date,
    issue_date,
    file_name,
    row_number
from source
