{# Units of a marker of objectivity: 1 where it was found in a school's work, 0 where it was sought and not found.
   Two works of one class and subject in a year (an autumn campaign) are one unit: found in either is found. #}
{% macro objectivity_flag_units(fact) -%}
with sought as (
    select * from {{ ref(fact) }}
)

select
    school_code || '/' || subject_code || '/' || grade as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    min(event_date) as event_date,
    academic_year as period,
    subject_code,
    grade,
    '' as breakdown,
    cast(max(case when is_marked then 1 else 0 end) as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from sought
group by academic_year, school_code, subject_code, grade
{%- endmacro %}

{# Schools in which at least one of our markers could be sought, with how many works have one. #}
{% macro objectivity_school_units(numerator, denominator) -%}
with markers as (
    select *
    from {{ ref('fct_objectivity_marker') }}
    where origin = 'расчёт'
),

schools as (
    select
        academic_year,
        school_code,
        min(event_date) as event_date,
        sum(case when is_marked then 1 else 0 end) as found
    from markers
    group by academic_year, school_code
)

select
    school_code as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast({{ numerator }} as double precision) as numerator,
    cast({{ denominator }} as double precision) as denominator,
    cast(null as double precision) as sum_squares
from schools
{%- endmacro %}
