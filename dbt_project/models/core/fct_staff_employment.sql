-- Grain: one row per person, school, position and start of employment.
with employments as (
    select * from {{ ref('stg_staff__employment') }}
)

select
    person_id,
    school_code,
    position_name,
    position_group,
    is_main_job,
    valid_from,
    valid_to,
    file_name,
    row_number
from employments
