-- Grain: one row per year, class, subject, school login, participant and task of the ВПР.
with individual as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        participant_code,
        procedure_date,
        class_name,
        variant,
        coalesce(raw_score, mark) is not null as has_result,
        task_scores,
        file_name,
        row_number
    from {{ ref('stg_vpr__individual') }}
),

tasks as (
    select * from {{ ref('int_vpr__task') }}
),

placed as (
    {{ vpr_placed('individual') }}
),

entries as (
    select
        *,
        {{ json_each_key('task_scores') }} as entry_key,
        {{ json_each_value('task_scores') }} as entry_value
    from placed
),

answers as (
    select
        *,
        {{ number_of('entry_value') }} as points
    from entries
)

select
    answers.academic_year,
    answers.vpr_year,
    answers.event_date,
    answers.grade,
    answers.subject_code,
    answers.school_login,
    answers.participant_code,
    answers.school_code,
    answers.class_name,
    answers.variant,
    answers.entry_key as task,
    tasks.task_level,
    tasks.max_points,
    answers.points,
    case when answers.points is null then answers.entry_value end as note,
    -- who did not begin a task (X) has no points for it; any other word, or nothing, says that it was not given
    coalesce(
        answers.has_result and (answers.entry_value = 'X' or answers.points <= tasks.max_points),
        false
    ) as is_counted,
    answers.file_name,
    answers.row_number
from answers
left join tasks
    on
        answers.vpr_year = tasks.vpr_year
        and answers.grade = tasks.grade
        and answers.subject_code = tasks.subject_code
        and answers.entry_key = tasks.task
