-- Grain: one row per academic year, ОГРН and name of a school in open data on sums of three subjects.
with source as (
    select * from {{ current_rows('ege_totals_by_school') }} as rows_that_count
)

select
    academic_year,
    ogrn,
    school_name,
    school_name_key,
    municipality_name,
    admin_area,
    participants,
    over_220,
    under_160
from source
