{# Units of an indicator of people employed at schools on as-of dates: the person, and whether `held` is true of them.
   `held` and `population` read fct_staff_as_of; by default the population is педагогические работники without part-timers. #}
{% macro staff_units(held, population="position_group = 'педагог' and is_main_job") -%}
with staff as (
    select * from {{ ref('fct_staff_as_of') }}
)

select
    person_id as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    as_of_date as event_date,
    cast(as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when {{ held }} then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from staff
where {{ population }}
{%- endmacro %}

{# The same of heads, or of heads and deputies: any job counts, a head may lead two schools. A person who is both counts once. #}
{% macro leader_units(held, positions=('руководитель',)) -%}
with staff as (
    select * from {{ ref('fct_staff_as_of') }}
)

select
    person_id as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    as_of_date as event_date,
    cast(as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(max(case when {{ held }} then 1 else 0 end) as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from staff
where position_group in ('{{ positions | join("', '") }}')
group by person_id, school_code, as_of_date
{%- endmacro %}
