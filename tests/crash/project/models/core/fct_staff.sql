-- Grain: one row per person, school and position; carries people, so it must stay out of the open publication.
select
    person_id,
    school_code,
    position_name,
    position_group
from {{ ref('stg_staff__employment') }}
