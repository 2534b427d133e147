-- Grain: one row per school of the file, academic year and component of the social passport, with the number of pupils.
with passports as (
    select * from {{ ref('fct_context_passport') }}
),

components as (
    select * from {{ ref('context_components') }}
    where weight is not null
),

worded as (
    select
        *,
        row_number() over (partition by reported_school_code, academic_year, component_code order by measure, indicator_key) as place
    from passports
    where people_of > 0
)

select
    worded.academic_year || '/' || worded.reported_school_code as unit_id,
    worded.people_of as units,
    worded.school_code as member_code,
    '' as class_name,
    {{ period_day('worded.academic_year', "'academic_year'") }} as event_date,
    worded.academic_year as period,
    '' as subject_code,
    '' as grade,
    components.component_name_ru as breakdown,
    cast(worded.people as double precision) as numerator,
    cast(worded.people_of as double precision) as denominator,
    cast(null as double precision) as sum_squares
from worded
inner join components on worded.component_code = components.component_code
where worded.place = 1
