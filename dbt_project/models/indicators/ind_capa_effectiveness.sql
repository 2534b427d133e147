-- Grain: one row per as-of date and action whose effect was verified in the year up to it.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

actions as (
    select * from {{ ref('fct_capa_action') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

verified as (
    select
        dates.as_of_date,
        actions.*
    from dates
    inner join actions on actions.verified_date > {{ add_years('dates.as_of_date', -1) }} and dates.as_of_date >= actions.verified_date
    where actions.is_effective is not null
)

select
    verified.action_code as unit_id,
    cast(1 as bigint) as units,
    node_schools.school_code as member_code,
    '' as class_name,
    verified.as_of_date as event_date,
    cast(verified.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when verified.is_effective then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from verified
inner join node_schools
    on verified.node_code = node_schools.node_code and verified.as_of_date between node_schools.valid_from and node_schools.valid_to
