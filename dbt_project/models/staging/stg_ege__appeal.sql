-- Grain: one row per subject, exam date and person of the appeal and recheck protocols of ГИА-11.
with source as (
    select * from {{ current_rows('ege_appeal') }} as rows_that_count
)

select
    exam_date,
    subject_code,
    person_id,
    appeal_kind,
    lower(state) as state,
    changed_at,
    score_before,
    raw_score,
    score
from source
