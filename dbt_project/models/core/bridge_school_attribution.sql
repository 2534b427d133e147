-- Grain: one row per school code and start of the time when what happens under it counts for `attributed_code`.
with recursive schools as (
    select * from {{ ref('dim_school') }}
),

codes as (
    select distinct school_code
    from schools
),

closings as (
    select
        schools.school_code,
        schools.successor_code,
        {{ add_days('schools.valid_to', 1) }} as successor_from
    from schools
    inner join codes on schools.successor_code = codes.school_code
    where schools.is_current and schools.valid_to < {{ last_day() }} and schools.successor_code <> schools.school_code
),

-- a successor may itself have closed; a circle of successors ends where it would come back
walk as (
    select
        school_code,
        school_code as attributed_code,
        {{ first_day() }} as valid_from,
        0 as steps,
        '/' || school_code || '/' as path
    from codes
    union all
    select
        walk.school_code,
        closings.successor_code as attributed_code,
        case when closings.successor_from > walk.valid_from then closings.successor_from else walk.valid_from end as valid_from,
        walk.steps + 1 as steps,
        walk.path || closings.successor_code || '/' as path
    from walk
    inner join closings on walk.attributed_code = closings.school_code
    where walk.path not like '%/' || closings.successor_code || '/%'
),

followed as (
    select
        *,
        lead(valid_from) over (partition by school_code order by steps) as next_from
    from walk
)

select
    school_code,
    attributed_code,
    cast(steps as bigint) as steps,
    valid_from,
    coalesce({{ add_days('next_from', -1) }}, {{ last_day() }}) as valid_to
from followed
where next_from is null or valid_from < next_from
