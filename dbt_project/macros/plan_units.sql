{# Units of items of plans that were due on an as-of date; `known` says of which of them, `numerator` what is counted. #}
{% macro plan_units(known, numerator) -%}
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

items as (
    select * from {{ ref('dim_plan_item') }}
),

states as (
    select * from {{ ref('fct_plan_item_status') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

due as (
    select
        dates.as_of_date,
        items.*,
        states.state,
        states.done_date
    from dates
    inner join items on dates.as_of_date >= items.due_date
    inner join states
        on
            items.plan = states.plan
            and items.section = states.section
            and items.number = states.number
            and items.activity = states.activity
    where
        states.is_tracked
        and states.state <> 'отменено'
        and (states.state <> 'выполнено' or {{ known }})
)

select
    due.plan || '/' || due.section || '/' || due.number || '/' || due.activity as unit_id,
    cast(1 as bigint) as units,
    coalesce(
        node_schools.school_code, {{ municipality_member('due.municipality_code') }}, {{ region_member() }}
    ) as member_code,
    '' as class_name,
    due.as_of_date as event_date,
    cast(due.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    due.plan as breakdown,
    cast(case when {{ numerator }} then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from due
left join node_schools
    on due.node_code = node_schools.node_code and due.as_of_date between node_schools.valid_from and node_schools.valid_to
{%- endmacro %}
