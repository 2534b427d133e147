-- Grain: one row per procedure, exam date, subject, part of the paper and fault of the answers to tasks.
with answers as (
    select * from {{ ref('fct_exam_task_result') }}
),

attempts as (
    select * from {{ ref('fct_exam_result') }}
),

tasks as (
    select * from {{ ref('dim_kim_task') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

specified_parts as (
    select
        procedure_name,
        task_year,
        subject_code,
        grade,
        answer_kind,
        count(*) as tasks
    from tasks
    where work_code = '' and answer_kind is not null
    group by procedure_name, task_year, subject_code, grade, answer_kind
),

specified_papers as (
    select
        procedure_name,
        task_year,
        subject_code,
        grade,
        count(*) as parts
    from specified_parts
    group by procedure_name, task_year, subject_code, grade
),

answered_parts as (
    select
        procedure_name,
        split_part(procedure_name, '-', 1) as specification_name,
        exam_year,
        exam_date,
        subject_code,
        person_id,
        specification_grade,
        answer_kind,
        count(*) as answers,
        count(score) as scored,
        sum(score) as score
    from answers
    where specification_grade is not null
    group by procedure_name, exam_year, exam_date, subject_code, person_id, specification_grade, answer_kind
),

compared_parts as (
    select
        answered_parts.*,
        coalesce(specified_parts.tasks, 0) as tasks
    from answered_parts
    left join specified_parts
        on
            answered_parts.specification_name = specified_parts.procedure_name
            and answered_parts.exam_year = specified_parts.task_year
            and answered_parts.subject_code = specified_parts.subject_code
            and answered_parts.specification_grade = specified_parts.grade
            and answered_parts.answer_kind = specified_parts.answer_kind
),

answered_papers as (
    select
        procedure_name,
        specification_name,
        exam_year,
        exam_date,
        subject_code,
        person_id,
        specification_grade,
        count(*) as parts,
        bool_and(answers = tasks and scored = tasks) as is_whole,
        sum(score) as score
    from compared_parts
    group by procedure_name, specification_name, exam_year, exam_date, subject_code, person_id, specification_grade
),

-- only where the points of every task are known, and the result is still the one of the protocol
compared_papers as (
    select
        answered_papers.*,
        attempts.raw_score
    from answered_papers
    inner join specified_papers
        on
            answered_papers.specification_name = specified_papers.procedure_name
            and answered_papers.exam_year = specified_papers.task_year
            and answered_papers.subject_code = specified_papers.subject_code
            and answered_papers.specification_grade = specified_papers.grade
            and answered_papers.parts = specified_papers.parts
    inner join attempts
        on
            answered_papers.procedure_name = attempts.procedure_name
            and answered_papers.subject_code = attempts.subject_code
            and answered_papers.exam_date = attempts.exam_date
            and answered_papers.person_id = attempts.person_id
    where answered_papers.is_whole and attempts.raw_score is not null and not attempts.is_changed_by_appeal
),

faults as (
    select
        'exam_mask_length' as rule_code,
        procedure_name,
        exam_year,
        exam_date,
        subject_code,
        sum(case when answers <> tasks then 1 else 0 end) as faulty,
        ': в части «' || answer_kind || ' ответ» заданий не столько, сколько в спецификации (' || cast(max(tasks) as text) || '), у '
        || cast(sum(case when answers <> tasks then 1 else 0 end) as text) || ' из ' || cast(count(*) as text) || ' участников' as what
    from compared_parts
    group by procedure_name, exam_year, exam_date, subject_code, answer_kind
    union all
    select
        'exam_tasks_sum' as rule_code,
        procedure_name,
        exam_year,
        exam_date,
        subject_code,
        sum(case when score <> raw_score then 1 else 0 end) as faulty,
        ': сумма баллов за задания не равна первичному баллу у ' || cast(sum(case when score <> raw_score then 1 else 0 end) as text)
        || ' из ' || cast(count(*) as text) || ' участников' as what
    from compared_papers
    group by procedure_name, exam_year, exam_date, subject_code
    union all
    select
        'exam_points_over_maximum' as rule_code,
        procedure_name,
        exam_year,
        exam_date,
        subject_code,
        count(*) as faulty,
        ': баллов больше максимального за задание ' || cast(count(*) as text) as what
    from answers
    where score > max_score
    group by procedure_name, exam_year, exam_date, subject_code
)

select
    faults.rule_code,
    {{ exam_source('faults.procedure_name') }} as source,
    cast(faults.exam_year as text) as period,
    region.region_code as entity_code,
    region.region_name as entity_name,
    faults.subject_code,
    cast(faults.faulty as double precision) as value,
    cast(0 as double precision) as expected,
    {{ subject_ru('faults.subject_code', 'subjects.subject_name', "faults.procedure_name = 'ЕГЭ'") }}
    || ', ' || faults.procedure_name || ', ' || {{ day_ru('faults.exam_date') }}
    || faults.what as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from faults
cross join region
left join subjects on faults.subject_code = subjects.subject_code
where faults.faulty > 0
