-- Grain: one row per subject, exam date and person of the protocols of ГИА-9.
with source as (
    select * from {{ current_rows('oge') }} as rows_that_count
)

select
    {{ year_of('exam_date') }} as exam_year,
    exam_date,
    subject_code,
    person_id,
    coalesce(exam_form, 'ОГЭ') as exam_form,
    school_code,
    class as class_name,
    cast({{ leading_integer('class') }} as text) as grade,
    short_answers,
    long_answers,
    oral_answers,
    raw_score,
    mark,
    result_note,
    file_name,
    row_number
from source
