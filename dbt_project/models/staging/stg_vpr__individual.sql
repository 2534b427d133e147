-- Grain: one row per year, class, subject, school login and participant of report 1.
with source as (
    select * from {{ current_rows('vpr_individual') }} as rows_that_count
)

select
    year as vpr_year,
    cast(grade as text) as grade,
    subject_code,
    school_login,
    participant_code,
    procedure_date,
    class as class_name,
    variant,
    raw_score,
    max_raw_score,
    mark,
    journal_mark,
    task_scores,
    tasks,
    file_name,
    row_number
from source
