-- Grain: one row per fault of the points of a school's ВПР tasks: in report 5, between it and the pupils, in the pupils' own results.
with reported as (
    select * from {{ ref('int_vpr__task_points') }}
),

results as (
    select * from {{ ref('fct_vpr_task_result') }}
),

pupils as (
    select * from {{ ref('stg_vpr__individual') }}
),

known as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        task,
        count(*) as participants,
        sum(coalesce(points, 0)) as points
    from results
    where is_counted
    group by vpr_year, grade, subject_code, school_login, task
),

-- one finding for all tasks of a school's work
inconsistent as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        min(procedure_date) as procedure_date,
        count(*) as tasks,
        {{ join_texts('task', "', '", 'task') }} as task_list,
        min(file_name) as file_name,
        min(row_number) as row_number
    from reported
    where not is_consistent
    group by vpr_year, grade, subject_code, school_login
),

differing as (
    select
        reported.vpr_year,
        reported.grade,
        reported.subject_code,
        reported.school_login,
        min(reported.procedure_date) as procedure_date,
        count(*) as tasks,
        {{ join_texts('reported.task', "', '", 'reported.task') }} as task_list,
        min(reported.file_name) as file_name,
        min(reported.row_number) as row_number
    from reported
    inner join known
        on
            reported.vpr_year = known.vpr_year
            and reported.grade = known.grade
            and reported.subject_code = known.subject_code
            and reported.school_login = known.school_login
            and reported.task = known.task
    where
        reported.participants <> known.participants
        or abs(reported.points - known.points) > floor(reported.points_error + 0.5)
    group by reported.vpr_year, reported.grade, reported.subject_code, reported.school_login
),

points_of_pupils as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        participant_code,
        sum(points) as points,
        max(case when points > max_points then 1 else 0 end) as is_over
    from results
    group by vpr_year, grade, subject_code, school_login, participant_code
),

wrong_pupils as (
    select
        pupils.vpr_year,
        pupils.grade,
        pupils.subject_code,
        pupils.school_login,
        min(pupils.procedure_date) as procedure_date,
        sum(points_of_pupils.is_over) as over_maximum,
        sum(case when points_of_pupils.points <> pupils.raw_score then 1 else 0 end) as other_sum
    from pupils
    inner join points_of_pupils
        on
            pupils.vpr_year = points_of_pupils.vpr_year
            and pupils.grade = points_of_pupils.grade
            and pupils.subject_code = points_of_pupils.subject_code
            and pupils.school_login = points_of_pupils.school_login
            and pupils.participant_code = points_of_pupils.participant_code
    group by pupils.vpr_year, pupils.grade, pupils.subject_code, pupils.school_login
),

found as (
    select
        'vpr_task_shares' as rule_code,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        tasks as value,
        0 as expected,
        'проценты выполнения не дают целого числа баллов или не указан максимальный балл, задания: ' || task_list as said_ru,
        file_name,
        row_number
    from inconsistent
    union all
    select
        'vpr_tasks_individual' as rule_code,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        tasks as value,
        0 as expected,
        'отчёт о выполнении заданий расходится с индивидуальными результатами, задания: ' || task_list as said_ru,
        file_name,
        row_number
    from differing
    union all
    select
        'vpr_points_over_maximum' as rule_code,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        over_maximum as value,
        0 as expected,
        'участников с баллом за задание больше максимального: ' || {{ number_ru('over_maximum') }} as said_ru,
        cast(null as text) as file_name,
        cast(null as bigint) as row_number
    from wrong_pupils
    where over_maximum > 0
    union all
    select
        'vpr_points_sum' as rule_code,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        other_sum as value,
        0 as expected,
        'участников, у которых сумма баллов за задания не равна первичному баллу: ' || {{ number_ru('other_sum') }} as said_ru,
        cast(null as text) as file_name,
        cast(null as bigint) as row_number
    from wrong_pupils
    where other_sum > 0
)

{{ vpr_findings('found') }}
