-- Grain: one row per year, class, subject and school: whether easy tasks went worse and hard ones better than in the region.
with completion as (
    select *
    from {{ ref('fct_vpr_task_completion') }}
    where is_consistent and max_points > 0 and participants > 0
),

constants as (
    select
        {{ parameter('obj_min_people') }} as min_people,
        {{ parameter('obj_tasks_min_correlation') }} as min_correlation,
        {{ parameter('obj_tasks_gap') }} as gap,
        {{ parameter('obj_tasks_count') }} as min_tasks,
        {{ parameter('normal_quantile') }} as z
),

schools as (
    select
        vpr_year,
        grade,
        subject_code,
        school_code,
        task,
        min(academic_year) as academic_year,
        min(event_date) as event_date,
        cast(sum(participants) as bigint) as participants,
        cast(sum(points) as double precision) as points,
        cast(sum(participants * max_points) as double precision) as possible_points
    from completion
    group by vpr_year, grade, subject_code, school_code, task
),

compared as (
    select
        *,
        points / possible_points as share,
        sum(points) over work / sum(possible_points) over work as region_share
    from schools
    window work as (partition by vpr_year, grade, subject_code, task)
),

ranked as (
    select
        *,
        share - region_share as advantage,
        1 - region_share as difficulty,
        row_number() over (
            partition by vpr_year, grade, subject_code, school_code order by region_share desc, {{ byte_order('task') }}
        ) as place,
        count(*) over (partition by vpr_year, grade, subject_code, school_code) as tasks
    from compared
),

-- the easier half of the tasks and the harder half; of an odd number the middle one is in neither
correlated as (
    select
        ranked.vpr_year,
        ranked.grade,
        ranked.subject_code,
        ranked.school_code,
        constants.min_people,
        constants.min_correlation,
        constants.min_tasks,
        constants.z,
        min(ranked.academic_year) as academic_year,
        min(ranked.event_date) as event_date,
        max(ranked.participants) as participants,
        cast(count(*) as bigint) as tasks,
        {{ correlation('ranked.advantage', 'ranked.difficulty') }} as correlation,
        cast(sum(
            case when ranked.place * 2 <= ranked.tasks and {{ more_than('-ranked.advantage', 'constants.gap') }} then 1 else 0 end
        ) as bigint) as easy_below,
        cast(sum(
            case
                when (ranked.tasks - ranked.place + 1) * 2 <= ranked.tasks and {{ more_than('ranked.advantage', 'constants.gap') }} then 1
                else 0
            end
        ) as bigint) as hard_above
    from ranked
    cross join constants
    group by
        ranked.vpr_year,
        ranked.grade,
        ranked.subject_code,
        ranked.school_code,
        constants.min_people,
        constants.min_correlation,
        constants.min_tasks,
        constants.z
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_code,
    participants,
    tasks,
    easy_below,
    hard_above,
    correlation as value,
    {{ fisher_limit('correlation', 'tasks', 'z', '-') }} as ci_low,
    {{ fisher_limit('correlation', 'tasks', 'z', '+') }} as ci_high,
    min_correlation as threshold,
    coalesce({{ more_than('correlation', 'min_correlation') }}, false) and easy_below >= min_tasks and hard_above >= min_tasks as is_marked
from correlated
where participants >= min_people and tasks >= 2 * min_tasks
