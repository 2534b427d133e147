-- Grain: one row per academic year and school that has both works of the school stage, each with a person, and a count of its pupils.
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
        {{ academic_year('count_date') }} as academic_year,
        count_date,
        max(count_date) over (partition by school_code, {{ academic_year('count_date') }}) as latest_date,
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
    where counts.count_date = counts.latest_date
    group by counts.school_code, counts.academic_year
),

-- a pupil of several subjects counts once; without names nobody knows how many pupils there were
participants as (
    select
        academic_year,
        school_code,
        max(event_date) as event_date,
        count(distinct person_id) as participants
    from works
    where stage = 'школьный' and is_of_olympiad_grades
    group by academic_year, school_code
    having count(*) = count(person_id)
)

select
    participants.academic_year || '/' || participants.school_code as unit_id,
    cast(contingents.pupils as bigint) as units,
    participants.school_code as member_code,
    '' as class_name,
    participants.event_date,
    participants.academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(participants.participants as double precision) as numerator,
    cast(contingents.pupils as double precision) as denominator,
    cast(null as double precision) as sum_squares
from participants
inner join contingents
    on participants.academic_year = contingents.academic_year and participants.school_code = contingents.school_code
-- more participants than pupils is an error of the files, and a finding of quality
where participants.participants <= contingents.pupils
