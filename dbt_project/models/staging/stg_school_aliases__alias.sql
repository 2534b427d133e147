-- Grain: one row per name of a school and of its municipality as files write them.
with source as (
    select * from {{ current_rows('school_aliases') }} as rows_that_count
)

select
    school_name_key,
    municipality_name_key,
    school_name,
    municipality_name,
    school_code
from source
