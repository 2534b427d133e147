-- Grain: one row per year, class, subject, school login and task of the ВПР; people where they are known, report 5 elsewhere.
with results as (
    select * from {{ ref('fct_vpr_task_result') }}
),

report as (
    select * from {{ ref('int_vpr__task_points') }}
),

placed as (
    {{ vpr_placed('report') }}
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

individual_cells as (
    select distinct
        vpr_year,
        grade,
        subject_code,
        school_code
    from individual
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
    true as is_consistent
from individual
union all
select
    placed.academic_year,
    placed.vpr_year,
    placed.event_date,
    placed.grade,
    placed.subject_code,
    placed.school_login,
    placed.school_code,
    'report_5' as origin,
    placed.task,
    placed.task_level,
    placed.max_points,
    placed.participants,
    cast(placed.points as double precision) as points,
    placed.is_consistent
from placed
left join individual_cells
    on
        placed.vpr_year = individual_cells.vpr_year
        and placed.grade = individual_cells.grade
        and placed.subject_code = individual_cells.subject_code
        and placed.school_code = individual_cells.school_code
where individual_cells.school_code is null
