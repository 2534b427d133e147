-- Grain: one row per school that reports, and day.
with snapshots as (
    select * from {{ ref('stg_inclusive_conditions__snapshot') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

placed as (
    select
        snapshots.*,
        {{ academic_year('snapshots.snapshot_date') }} as academic_year,
        coalesce(attribution.attributed_code, snapshots.school_code) as attributed_code
    from snapshots
    left join attribution
        on
            snapshots.school_code = attribution.school_code
            and snapshots.snapshot_date between attribution.valid_from and attribution.valid_to
)

select
    school_code as reported_school_code,
    snapshot_date,
    academic_year,
    attributed_code as school_code,
    special_needs_pupils,
    groups,
    classes,
    special_staff,
    row_number() over (partition by academic_year, school_code order by snapshot_date desc) = 1 as is_latest,
    file_name,
    row_number
from placed
