-- Grain: one row per school with low results and academic year: whether a measure of support was under way in that year.
with lists as (
    select * from {{ ref('fct_low_result') }}
),

measures as (
    select * from {{ ref('fct_support_measure') }}
),

low_schools as (
    select
        school_code,
        academic_year,
        event_date,
        {{ day_of_year('substring(academic_year, 1, 4)', parameter('academic_year_first_day', as_text=true)) }} as first_day,
        {{ day_of_year('substring(academic_year, 6, 4)', parameter('academic_year_last_day', as_text=true)) }} as last_day
    from lists
    where is_low_result
),

supported as (
    select distinct
        low_schools.school_code,
        low_schools.academic_year
    from low_schools
    inner join measures
        on
            low_schools.school_code = measures.school_code
            and low_schools.first_day <= measures.end_date
            and low_schools.last_day >= measures.start_date
)

select
    low_schools.academic_year || '/' || low_schools.school_code as unit_id,
    cast(1 as bigint) as units,
    low_schools.school_code as member_code,
    '' as class_name,
    low_schools.event_date,
    low_schools.academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when supported.school_code is null then 0 else 1 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from low_schools
left join supported
    on low_schools.school_code = supported.school_code and low_schools.academic_year = supported.academic_year
