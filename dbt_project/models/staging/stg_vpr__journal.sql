-- Grain: one row per year, class, subject and group of report 3; groups larger than a school have no login.
with source as (
    select * from {{ current_rows('vpr_journal') }} as rows_that_count
)

select
    year as vpr_year,
    cast(grade as text) as grade,
    subject_code,
    group_kind,
    group_name,
    school_login,
    procedure_date,
    participants,
    lowered,
    confirmed,
    raised,
    file_name,
    row_number
from source
