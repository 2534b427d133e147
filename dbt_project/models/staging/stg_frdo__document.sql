-- Grain: one row per document of the ФИС ФРДО export, duplicates of lost ones included.
with source as (
    select * from {{ current_rows('frdo') }} as rows_that_count
)

select
    document_id,
    coalesce(document_status = 'Дубликат', false) as is_duplicate,
    original_document_id,
    original_issue_date,
    person_id,
    document_kind,
    programme_kind,
    programme,
    hours,
    start_year,
    end_year,
    issue_date
from source
