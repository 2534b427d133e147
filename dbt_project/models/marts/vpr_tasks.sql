-- Grain: one row per academic year, subject, class, task, level and entity: how the tasks of the ВПР were done.
with indicator_values as (
    select *
    from {{ ref('marts__indicator_values') }}
    where indicator_code = 'vpr_task_level'
),

tasks as (
    select * from {{ ref('dim_vpr_task') }}
),

constants as (
    select
        {{ parameter('vpr_task_basic_share') }} as basic_share,
        {{ parameter('vpr_task_basic_zone') }} as basic_zone,
        {{ parameter('vpr_task_advanced_share') }} as advanced_share,
        {{ parameter('vpr_task_advanced_zone') }} as advanced_zone
),

located as (
    {{ vpr_located('indicator_values') }}
),

levelled as (
    select
        located.*,
        tasks.task_level,
        tasks.max_points,
        case
            when tasks.task_level = 'Б' then constants.basic_share
            when tasks.task_level in ('П', 'В') then constants.advanced_share
        end as sufficient_share,
        case
            when tasks.task_level = 'Б' then constants.basic_zone
            when tasks.task_level in ('П', 'В') then constants.advanced_zone
        end as zone
    from located
    cross join constants
    left join tasks
        on
            located.period = tasks.academic_year
            and located.subject_code = tasks.subject_code
            and located.grade = tasks.grade
            and located.breakdown = tasks.task
)

select
    period as academic_year,
    subject_code,
    subject_name,
    grade,
    breakdown as task,
    task_level,
    max_points,
    level,
    entity_code,
    entity_name,
    municipality_code,
    municipality_name,
    n as participants,
    value as points_share,
    ci_low,
    ci_high,
    sufficient_share,
    case
        when value is null or sufficient_share is null then 'нет данных'
        when {{ at_least('value', 'sufficient_share') }} then 'достаточный уровень'
        when {{ at_least('value', 'sufficient_share - zone') }} then 'зона неопределённости'
        else 'недостаточный уровень'
    end as status,
    {{ at_least('zone', 'abs(value - sufficient_share)') }} as is_near_threshold,
    {{ vpr_reliability('n') }} as reliability,
    is_suppressed,
    visibility
from levelled
