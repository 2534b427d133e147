-- Grain: one row per academic year, school that says so, and kind: classes or groups.
with snapshots as (
    select * from {{ ref('fct_inclusive_conditions') }}
),

kinds as (
    select
        *,
        'классы' as kind,
        classes as places
    from snapshots
    union all
    select
        *,
        'группы' as kind,
        groups as places
    from snapshots
)

select
    academic_year || '/' || reported_school_code as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    snapshot_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    kind as breakdown,
    cast(places as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from kinds
where is_latest and places is not null
