-- Grain: one row per academic year, class and subject of the schedule whose lessons are all known.
with works as (
    select * from {{ ref('fct_procedure_schedule') }}
)

select
    academic_year,
    reported_school_code,
    class_name,
    subject_code,
    class_date,
    school_code,
    sum(lessons) as lessons,
    max(lessons_a_year) as lessons_a_year
from works
where subject_code <> ''
group by academic_year, reported_school_code, class_name, subject_code, class_date, school_code
-- one work without its lessons leaves the sum unknown; the lessons of the year stand once at least, and the works are part of them
having count(*) = count(lessons) and max(lessons_a_year) >= sum(lessons)
