{# Units of a count of schools by their certificates on as-of dates: every school valid on the date, once a register is there, and whether
   `held`, a condition over the certificates of a school that are known by the date (fct_certificate_as_of), is true of it. #}
{% macro certificate_units(held) -%}
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

schools as (
    select * from {{ ref('dim_school') }}
),

certificates as (
    select * from {{ ref('fct_certificate_as_of') }}
),

events as (
    select * from {{ ref('fct_certificate_event') }}
),

certified as (
    select
        as_of_date,
        school_code
    from certificates
    group by as_of_date, school_code
    having {{ held }}
)

select
    schools.school_code as unit_id,
    cast(1 as bigint) as units,
    schools.school_code as member_code,
    '' as class_name,
    dates.as_of_date as event_date,
    cast(dates.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when certified.school_code is null then 0 else 1 end as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from dates
inner join schools on dates.as_of_date between schools.valid_from and schools.valid_to
left join certified on dates.as_of_date = certified.as_of_date and schools.school_code = certified.school_code
where exists (select 1 from events)
{%- endmacro %}
