-- Grain: one row per person, school, position and start of employment.
with source as (
    select * from {{ current_rows('staff') }} as rows_that_count
)

select
    person_id,
    school_code,
    position as position_name,
    position_group,
    is_main_job,
    valid_from,
    coalesce(valid_to, {{ last_day() }}) as valid_to,
    file_name,
    row_number
from source
