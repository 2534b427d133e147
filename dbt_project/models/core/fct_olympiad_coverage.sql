-- Grain: one row per academic year and school with works of the school stage by pupils of its classes.
with works as (
    select * from {{ ref('fct_olympiad_result') }}
),

enrolment as (
    select * from {{ ref('fct_enrolment') }}
),

grades as (
    select
        min(lowest_grade) as lowest_grade,
        {{ parameter('olympiad_highest_grade') }} as highest_grade
    from {{ ref('olympiad_subjects') }}
),

counts as (
    select
        school_code,
        academic_year,
        counted_on,
        max(counted_on) over (partition by school_code, academic_year) as latest_day,
        {{ leading_integer('grade') }} as grade_number,
        pupils
    from enrolment
),

contingents as (
    select
        counts.school_code,
        counts.academic_year,
        sum(counts.pupils) as pupils
    from counts
    inner join grades on counts.grade_number between grades.lowest_grade and grades.highest_grade
    where counts.counted_on = counts.latest_day
    group by counts.school_code, counts.academic_year
),

-- a pupil of several subjects counts once
participants as (
    select
        academic_year,
        school_code,
        max(event_date) as event_date,
        count(*) as works,
        count(*) - count(person_id) as nameless_works,
        count(distinct person_id) as participants
    from works
    where stage = 'школьный' and is_of_olympiad_grades
    group by academic_year, school_code
)

select
    participants.academic_year,
    participants.school_code,
    participants.event_date,
    participants.works,
    participants.nameless_works,
    participants.participants,
    cast(contingents.pupils as bigint) as pupils,
    -- without names nobody knows how many pupils there were; more participants than pupils is an error of the files
    participants.nameless_works = 0 and coalesce(participants.participants <= contingents.pupils, false) as is_counted
from participants
left join contingents
    on participants.academic_year = contingents.academic_year and participants.school_code = contingents.school_code
