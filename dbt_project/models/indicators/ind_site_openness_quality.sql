-- Grain: one row per as-of date and school whose site was checked by criteria on the quality of education.
with checks as (
    select * from {{ ref('fct_site_check_as_of') }}
)

select
    school_code as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    as_of_date as event_date,
    cast(as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(100 * quality_score_sum as double precision) as numerator,
    cast(quality_max_sum as double precision) as denominator,
    cast(null as double precision) as sum_squares
from checks
where quality_max_sum > 0
