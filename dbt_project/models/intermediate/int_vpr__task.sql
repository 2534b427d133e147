-- Grain: one row per year, class, subject and task of the ВПР: the most points it gives and its level.
with individual as (
    select * from {{ ref('stg_vpr__individual') }}
),

reported as (
    select * from {{ ref('stg_vpr__tasks') }}
),

described as (
    select
        vpr_year,
        grade,
        subject_code,
        tasks
    from individual
    union
    select
        vpr_year,
        grade,
        subject_code,
        tasks
    from reported
),

entries as (
    select
        *,
        {{ json_each_key('tasks') }} as entry_key,
        {{ json_each_value('tasks') }} as entry_value
    from described
)

select
    vpr_year,
    grade,
    subject_code,
    entry_key as task,
    max(cast({{ json_value('entry_value', 'most') }} as bigint)) as max_points,
    max({{ json_value('entry_value', 'level') }}) as task_level
from entries
group by vpr_year, grade, subject_code, entry_key
