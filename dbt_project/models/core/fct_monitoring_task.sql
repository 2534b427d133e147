-- Grain: one row per diagnostic work, school, class, participant and task.
with answers as (
    select * from {{ ref('stg_monitoring_tasks__result') }}
),

results as (
    select * from {{ ref('fct_monitoring_result') }}
),

tasks as (
    select * from {{ ref('dim_kim_task') }}
),

works as (
    select
        work_code,
        max(procedure_name) as procedure_name,
        max(subject_code) as subject_code,
        max(grade) as grade,
        max(work_date) as work_date
    from results
    group by work_code
),

-- the latest specification of a work, that of its class before one that names none
specified as (
    select
        works.work_code,
        tasks.task_number,
        tasks.task_key,
        tasks.max_score,
        row_number() over (
            partition by works.work_code, tasks.task_number order by tasks.task_year desc, tasks.grade desc
        ) as place
    from works
    inner join tasks
        on
            works.work_code = tasks.work_code
            and works.procedure_name = tasks.procedure_name
            and works.subject_code = tasks.subject_code
            and tasks.grade in ('', works.grade)
)

select
    answers.work_code,
    answers.school_code as reported_school_code,
    answers.class as class_written,
    {{ class_label('answers.class') }} as class_name,
    answers.participant_code,
    answers.task_number,
    works.procedure_name,
    works.work_date,
    works.subject_code,
    works.grade,
    coalesce(results.school_code, answers.school_code) as school_code,
    answers.task_score,
    cast(specified.max_score as double precision) as max_score,
    specified.task_key,
    answers.file_name,
    answers.row_number
from answers
left join works on answers.work_code = works.work_code
left join results
    on
        answers.work_code = results.work_code
        and answers.school_code = results.reported_school_code
        and answers.class = results.class_written
        and answers.participant_code = results.participant_code
left join specified
    on answers.work_code = specified.work_code and answers.task_number = specified.task_number and specified.place = 1
