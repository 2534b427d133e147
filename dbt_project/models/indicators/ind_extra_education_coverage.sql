-- Grain: one row per academic year, who reports (a municipality or a school), and age where only ages are reported.
with snapshots as (
    select * from {{ ref('fct_extra_education_snapshot') }}
)

select
    academic_year || '/' || reported_code || '/' || age as unit_id,
    children as units,
    case level when 'school' then school_code else {{ municipality_member('municipality_code') }} end as member_code,
    '' as class_name,
    snapshot_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    -- a child of two organisations counts once in the row of the municipality, and in both rows of the schools
    case level when 'school' then 'обучающиеся школ' else '' end as breakdown,
    cast(covered as double precision) as numerator,
    cast(children as double precision) as denominator,
    cast(null as double precision) as sum_squares
from snapshots
where is_counted and children > 0
