-- Grain: one row per work of the olympiad: academic year, stage, subject as it is written, and participant code.
with results as (
    select * from {{ ref('stg_olympiads__result') }}
),

stages as (
    select * from {{ ref('olympiad_stages') }}
),

subjects as (
    select * from {{ ref('olympiad_subjects') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

-- protocols have no dates: the day of a stage decides where the school belongs
dated as (
    select
        results.*,
        stages.stage_rank,
        subjects.subject_code,
        subjects.lowest_grade,
        coalesce({{ leading_integer('results.study_grade') }}, {{ leading_integer('results.contest_grade') }}) as grade_number,
        {{ day_of_year(
            "case when stages.in_second_year then substring(results.academic_year, 6, 4) else substring(results.academic_year, 1, 4) end",
            "stages.month_day"
        ) }} as event_date
    from results
    inner join stages on results.stage = stages.stage
    left join subjects on results.subject_key = subjects.subject_key
)

select
    dated.academic_year,
    dated.stage,
    dated.stage_rank,
    dated.event_date,
    dated.subject_key,
    dated.subject as subject_written,
    dated.subject_code,
    dated.participant_code,
    dated.person_id,
    dated.school_code as protocol_school_code,
    coalesce(attribution.attributed_code, dated.school_code) as school_code,
    dated.study_grade,
    dated.contest_grade,
    cast(dated.grade_number as text) as grade,
    dated.points,
    dated.max_points,
    dated.points / nullif(dated.max_points, 0) as points_share,
    dated.status,
    dated.status in ('победитель', 'призёр') as is_awarded,
    -- a work without a grade is of somebody who was let in, and so of these grades
    coalesce(
        dated.grade_number between
        coalesce(dated.lowest_grade, {{ parameter('olympiad_lowest_grade') }}) and {{ parameter('olympiad_highest_grade') }},
        true
    ) as is_of_olympiad_grades,
    dated.file_name,
    dated.row_number
from dated
left join attribution
    on dated.school_code = attribution.school_code and dated.event_date between attribution.valid_from and attribution.valid_to
