-- Grain: one row per school and academic year with enough measured works to say whether its results are low.
with lists as (
    select * from {{ ref('fct_low_result') }}
)

select
    academic_year || '/' || school_code as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when is_low_result then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from lists
where is_low_result is not null
