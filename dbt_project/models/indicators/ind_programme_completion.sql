-- Grain: one row per school of the file and academic year whose passport says who completed the programme, and how many pupils there are.
with passports as (
    select * from {{ ref('fct_context_passport') }}
),

worded as (
    select
        *,
        row_number() over (partition by reported_school_code, academic_year order by measure, indicator_key) as place
    from passports
    where component_code = 'programme_completed' and people_of > 0
)

select
    academic_year || '/' || reported_school_code as unit_id,
    people_of as units,
    school_code as member_code,
    '' as class_name,
    {{ period_day('academic_year', "'academic_year'") }} as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(people as double precision) as numerator,
    cast(people_of as double precision) as denominator,
    cast(null as double precision) as sum_squares
from worded
where place = 1
