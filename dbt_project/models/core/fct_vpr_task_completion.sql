-- Grain: one row per year, class, subject, school login and task of the ВПР; people where they are known, report 5 elsewhere.
with results as (
    select * from {{ ref('fct_vpr_task_result') }}
),

report as (
    select * from {{ ref('int_vpr__task_points') }}
),

individual as (
    select
        min(academic_year) as academic_year,
        vpr_year,
        min(event_date) as event_date,
        grade,
        subject_code,
        school_login,
        min(school_code) as school_code,
        task,
        max(task_level) as task_level,
        max(max_points) as max_points,
        cast(count(*) as bigint) as participants,
        sum(coalesce(points, 0)) as points
    from results
    where is_counted
    group by vpr_year, grade, subject_code, school_login, task
),

placed as (
    {{ vpr_placed_beside('report', 'individual') }}
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_login,
    school_code,
    'individual' as origin,
    task,
    task_level,
    max_points,
    participants,
    points,
    true as is_consistent,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from individual
union all
select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_login,
    school_code,
    'report_5' as origin,
    task,
    task_level,
    max_points,
    participants,
    cast(points as double precision) as points,
    is_consistent,
    file_name,
    row_number
from placed
where is_counted
