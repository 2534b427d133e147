-- Grain: one row per year, class, subject and group of report 5; the shares of the tasks stand in one JSON column.
with source as (
    select * from {{ current_rows('vpr_tasks') }} as rows_that_count
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
    task_shares,
    tasks,
    decimals,
    file_name,
    row_number
from source
