-- Grain: one row per procedure, subject, years of a scale and mark: the region's own scale where it has one, else the recommended one.
with scales as (
    select * from {{ ref('exam_mark_scales') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

placed as (
    select
        scales.*,
        max(case when scales.region_code = region.region_code then 1 else 0 end) over (
            partition by scales.procedure_name, scales.subject_code, scales.year_from
        ) as has_own,
        coalesce(scales.region_code = region.region_code, false) as is_own
    from scales
    cross join region
    where scales.region_code is null or scales.region_code in ('', region.region_code)
)

select
    procedure_name,
    subject_code,
    year_from,
    year_to,
    cast(mark as double precision) as mark,
    cast(raw_from as double precision) as raw_from,
    cast(raw_to as double precision) as raw_to,
    condition_ru,
    evidence,
    basis
from placed
where is_own or has_own = 0
