-- Grain: one row per year, class, subject, school login and participant of the ВПР.
with results as (
    select * from {{ ref('stg_vpr__individual') }}
),

placed as (
    {{ vpr_placed('results') }}
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_login,
    participant_code,
    school_code,
    class_name,
    raw_score,
    max_raw_score,
    mark,
    journal_mark,
    file_name,
    row_number
from placed
