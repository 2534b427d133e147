-- Grain: one row per academic year and school that has pupils with special needs.
with snapshots as (
    select * from {{ ref('fct_inclusive_conditions') }}
)

select
    academic_year || '/' || reported_school_code as unit_id,
    special_needs_pupils as units,
    school_code as member_code,
    '' as class_name,
    snapshot_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(100 * special_staff as double precision) as numerator,
    cast(special_needs_pupils as double precision) as denominator,
    cast(null as double precision) as sum_squares
from snapshots
-- without such pupils there is nothing to be provided for: no number, not 0
where is_latest and special_needs_pupils > 0
