-- Grain: one row per year, level, entity, subject and task of ЕГЭ.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('year', 'subject_code', 1) }}") }}

with indicator_values as (
    select * from {{ rebuilt_results(ref('marts__indicator_values')) }}
    where indicator_code = 'ege_task_completion'
),

specified as (
    select * from {{ ref('dim_kim_task') }}
    where procedure_name = 'ЕГЭ' and work_code = ''
),

-- the specification of a class goes before the one that names none
tasks as (
    select
        specified.*,
        cast(specified.task_year as text) as period,
        {{ task_label('specified') }} as breakdown,
        row_number() over (
            partition by specified.task_year, specified.subject_code, {{ task_label('specified') }}
            order by specified.grade desc
        ) as place
    from specified
),

subjects as (
    select * from {{ ref('dim_subject') }}
)

select
    cast(indicator_values.period as integer) as year,
    indicator_values.level,
    indicator_values.entity_code,
    indicator_values.entity_name,
    indicator_values.subject_code,
    subjects.subject_name,
    tasks.task_number,
    tasks.answer_kind,
    tasks.content_element,
    tasks.skill,
    tasks.difficulty,
    tasks.max_score,
    indicator_values.value as completion,
    indicator_values.ci_low as completion_ci_low,
    indicator_values.ci_high as completion_ci_high,
    indicator_values.n,
    indicator_values.previous_value,
    indicator_values.delta,
    indicator_values.assessment,
    indicator_values.is_suppressed
from indicator_values
inner join tasks
    on
        indicator_values.period = tasks.period
        and indicator_values.subject_code = tasks.subject_code
        and indicator_values.breakdown = tasks.breakdown
        and tasks.place = 1
inner join subjects on indicator_values.subject_code = subjects.subject_code
