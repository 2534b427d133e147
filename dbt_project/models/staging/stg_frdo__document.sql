-- Grain: one row per document of the ФИС ФРДО export, duplicates and replacements included.
with source as (
    select * from {{ current_rows('frdo') }} as rows_that_count
)

select
    document_id,
    document_full_id,
    coalesce(document_status = 'Дубликат', false) as is_duplicate,
    changed_document_id is not null and changed_document_id <> document_id as is_correction,
    case
        when changed_document_id <> document_id then changed_document_id
        when document_status = 'Дубликат' and original_document_id <> document_id then original_document_id
    end as replaced_document_id,
    original_issue_date,
    person_id,
    document_kind,
    programme_kind,
    programme,
    programme_key,
    hours,
    start_year,
    end_year,
    issue_date,
    coalesce(loss_confirmed, false) as is_lost,
    coalesce(exchange_confirmed, false) as is_exchanged,
    coalesce(destruction_confirmed, false) as is_destroyed,
    file_name,
    row_number
from source
