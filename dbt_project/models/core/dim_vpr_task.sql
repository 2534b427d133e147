-- Grain: one row per academic year, class, subject and task of the ВПР.
-- Only report 1 says how hard a task is; of the others the specification does.
with completion as (
    select * from {{ ref('fct_vpr_task_completion') }}
),

specifications as (
    select * from {{ ref('dim_kim_task') }}
    where procedure_name = 'ВПР' and work_code = ''
),

works as (
    select
        academic_year,
        vpr_year,
        grade,
        subject_code,
        task,
        max(task_level) as task_level,
        max(max_points) as max_points
    from completion
    group by academic_year, vpr_year, grade, subject_code, task
)

select
    works.academic_year,
    works.grade,
    works.subject_code,
    works.task,
    max(coalesce(works.task_level, specifications.difficulty)) as task_level,
    max(works.max_points) as max_points
from works
left join specifications
    on
        works.vpr_year = specifications.task_year
        and works.grade = specifications.grade
        and works.subject_code = specifications.subject_code
        and works.task = specifications.task_number
group by works.academic_year, works.grade, works.subject_code, works.task
