-- Grain: one row per task, class and school login; where only report 5 is there, per task, subject and school login.
-- A pupil counts as the part of the points that he reached, so n is people, and the interval is no narrower than people allow.
with individual as (
    select *
    from {{ ref('fct_vpr_task_result') }}
    where is_counted and max_points > 0
),

reported as (
    select *
    from {{ ref('fct_vpr_task_completion') }}
    where origin = 'report_5' and is_consistent and participants > 0
),

counted as (
    select
        vpr_year,
        school_login,
        school_code,
        {{ class_label('class_name') }} as class_name,
        event_date,
        academic_year,
        subject_code,
        grade,
        task,
        max_points,
        cast(count(*) as bigint) as participants,
        sum(coalesce(points, 0)) as points
    from individual
    group by
        vpr_year,
        school_login,
        school_code,
        {{ class_label('class_name') }},
        event_date,
        academic_year,
        subject_code,
        grade,
        task,
        max_points
    union all
    select
        vpr_year,
        school_login,
        school_code,
        '' as class_name,
        event_date,
        academic_year,
        subject_code,
        grade,
        task,
        max_points,
        participants,
        points
    from reported
)

select
    cast(vpr_year as text) || '/' || school_login || '/' || class_name || '/' || subject_code || '/' || grade || '/' || task as unit_id,
    participants as units,
    school_code as member_code,
    class_name,
    event_date,
    academic_year as period,
    subject_code,
    grade,
    task as breakdown,
    points / max_points as numerator,
    cast(participants as double precision) as denominator,
    cast(null as double precision) as sum_squares
from counted
