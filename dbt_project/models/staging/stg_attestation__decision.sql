-- Grain: one row per person, category and date of the decision.
with source as (
    select * from {{ current_rows('attestation') }} as rows_that_count
)

select
    person_id,
    school_code,
    position as position_name,
    category,
    decision_date,
    coalesce(valid_to, {{ last_day() }}) as valid_to,
    order_number,
    application_date,
    coalesce(decision, 'установлена') = 'установлена' as is_granted,
    file_name,
    row_number
from source
