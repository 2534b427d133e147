-- Grain: one row per work of any stage whose subject is known.
with works as (
    select * from {{ ref('fct_olympiad_result') }}
)

select
    academic_year || '/' || stage || '/' || subject_key || '/' || participant_code as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    subject_code,
    '' as grade,
    'этап: ' || stage as breakdown,
    cast(case when is_awarded then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from works
where subject_code is not null
