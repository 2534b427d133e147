-- Grain: one row per school and academic year whose passport says enough.
with social as (
    select * from {{ ref('fct_social_index') }}
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
    cast(case when is_shnsu then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from social
where isbsh is not null
