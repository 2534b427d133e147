-- Grain: one row per year, class, subject, school login and task of report 5, points rebuilt from per cent.
with report as (
    select *
    from {{ ref('stg_vpr__tasks') }}
    where school_login is not null and participants > 0
),

tasks as (
    select * from {{ ref('int_vpr__task') }}
),

entries as (
    select
        *,
        {{ json_each_key('task_shares') }} as entry_key,
        {{ json_each_value('task_shares') }} as entry_value
    from report
),

shares as (
    select
        entries.*,
        entries.entry_key as task,
        tasks.task_level,
        tasks.max_points,
        entries.participants * tasks.max_points * cast(entries.entry_value as double precision) / 100 as exact_points,
        {{ share_error('entries.participants * tasks.max_points', 'entries.decimals') }} as points_error
    from entries
    inner join tasks
        on
            entries.vpr_year = tasks.vpr_year
            and entries.grade = tasks.grade
            and entries.subject_code = tasks.subject_code
            and entries.entry_key = tasks.task
    where entries.entry_value is not null
),

rebuilt as (
    select
        *,
        {{ round_to_integer('exact_points') }} as points
    from shares
)

select
    vpr_year,
    grade,
    subject_code,
    school_login,
    task,
    task_level,
    max_points,
    procedure_date,
    participants,
    points,
    points_error,
    -- points are whole: a share that gives a fraction of one, beyond its own rounding, is of other people or another maximum
    coalesce(abs(exact_points - points) <= points_error + 0.000001, false) as is_consistent,
    file_name,
    row_number
from rebuilt
