-- Grain: one row per graduate, year, subject and task of the specification: which part of its points the last attempt got.
-- Everybody counts as one, so the sum over people is the share of all points, and n is people.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period', 'subject_code') }}") }}

with answers as (
    select * from {{ rebuilt(ref('fct_exam_task_result'), 'exam_year', 'subject_code') }}
),

tasks as (
    select * from {{ ref('dim_kim_task') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
)

select
    cast(answers.exam_year as text) || '/' || answers.subject_code || '/' || answers.person_id as unit_id,
    cast(1 as bigint) as units,
    answers.school_code as member_code,
    {{ class_label('answers.class_name') }} as class_name,
    answers.exam_date as event_date,
    cast(answers.exam_year as text) as period,
    answers.subject_code,
    '' as grade,
    {{ task_label('tasks') }} as breakdown,
    case when answers.is_blank then cast(0 as double precision) else answers.score / answers.max_score end as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from answers
inner join tasks on answers.task_key = tasks.task_key
inner join subjects on answers.subject_code = subjects.subject_code
where
    answers.procedure_name = 'ЕГЭ'
    and answers.is_final
    and answers.is_graduate
    and subjects.in_indicators
    -- points over the maximum are a fault of the file (chk_exam_tasks)
    and (answers.is_blank or answers.score <= answers.max_score)
