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
    isbsh as numerator,
    cast(1 as double precision) as denominator,
    isbsh * isbsh as sum_squares
from social
where isbsh is not null
