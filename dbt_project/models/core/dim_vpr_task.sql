-- Grain: one row per academic year, class, subject and task of the ВПР.
with completion as (
    select * from {{ ref('fct_vpr_task_completion') }}
)

select
    academic_year,
    grade,
    subject_code,
    task,
    max(task_level) as task_level,
    max(max_points) as max_points
from completion
group by academic_year, grade, subject_code, task
