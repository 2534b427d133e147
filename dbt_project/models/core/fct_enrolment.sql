-- Grain: one row per school code of the file, day and class.
with counts as (
    select * from {{ ref('stg_enrolment__count') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
)

select
    counts.school_code as reported_school_code,
    coalesce(attribution.attributed_code, counts.school_code) as school_code,
    counts.counted_on,
    {{ academic_year('counts.counted_on') }} as academic_year,
    counts.grade,
    counts.pupils,
    counts.file_name,
    counts.row_number
from counts
left join attribution
    on
        counts.school_code = attribution.school_code
        and counts.counted_on between attribution.valid_from and attribution.valid_to
