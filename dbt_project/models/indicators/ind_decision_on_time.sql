-- Grain: one row per as-of date and decision that was due in the year up to it.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

decisions as (
    select * from {{ ref('fct_decision') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

due as (
    select
        dates.as_of_date,
        decisions.*
    from dates
    inner join decisions on decisions.due_date > {{ add_years('dates.as_of_date', -1) }} and dates.as_of_date >= decisions.due_date
)

select
    due.decision_number || '/' || cast(due.decision_date as text) || '/' || due.school_code || '/' || due.oktmo || '/'
    || due.node_code as unit_id,
    cast(1 as bigint) as units,
    {{ member_of('due') }} as member_code,
    '' as class_name,
    due.as_of_date as event_date,
    cast(due.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when due.is_done_on_time then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from due
left join node_schools
    on due.node_code = node_schools.node_code and due.as_of_date between node_schools.valid_from and node_schools.valid_to
left join attribution
    on due.school_code = attribution.school_code and due.as_of_date between attribution.valid_from and attribution.valid_to
