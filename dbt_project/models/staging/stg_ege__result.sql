-- Grain: one row per subject, exam date and person of the protocols.
with source as (
    select * from {{ current_rows('ege') }} as rows_that_count
)

select
    {{ year_of('exam_date') }} as exam_year,
    exam_date,
    subject_code,
    person_id,
    school_code,
    class as class_name,
    cast({{ leading_integer('class') }} as text) as grade,
    raw_score,
    test_score,
    mark,
    result_note
from source
