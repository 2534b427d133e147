-- Grain: one row per academic year and school that reports on its pupils, and age where only ages are reported.
with snapshots as (
    select * from {{ ref('fct_extra_education_snapshot') }}
)

select
    academic_year || '/' || reported_code || '/' || age as unit_id,
    children as units,
    school_code as member_code,
    '' as class_name,
    snapshot_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(covered as double precision) as numerator,
    cast(children as double precision) as denominator,
    cast(null as double precision) as sum_squares
from snapshots
where level = 'school' and is_counted and children > 0
