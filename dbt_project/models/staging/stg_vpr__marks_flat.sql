-- Grain: one row per year, class, subject and school login of the flat table of marks.
with source as (
    select * from {{ current_rows('vpr_marks_flat') }} as rows_that_count
)

select
    year as vpr_year,
    cast(grade as text) as grade,
    subject_code,
    school_login,
    participants,
    share_2,
    share_3,
    share_4,
    share_5,
    file_name,
    row_number
from source
