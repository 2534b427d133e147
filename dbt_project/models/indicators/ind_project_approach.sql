-- Grain: one row per as-of date and school valid on it, once the register of projects has begun.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

schools as (
    select * from {{ ref('dim_school') }}
),

projects as (
    select * from {{ ref('fct_project') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

active as (
    select
        dates.as_of_date,
        projects.school_code,
        projects.node_code
    from dates
    inner join projects
        on dates.as_of_date >= projects.start_date and (projects.end_date is null or dates.as_of_date <= projects.end_date)
    where projects.is_described
),

with_project as (
    select
        active.as_of_date,
        attribution.attributed_code as school_code
    from active
    inner join attribution
        on active.school_code = attribution.school_code and active.as_of_date between attribution.valid_from and attribution.valid_to
    union
    select
        active.as_of_date,
        node_schools.school_code
    from active
    inner join node_schools
        on active.node_code = node_schools.node_code and active.as_of_date between node_schools.valid_from and node_schools.valid_to
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
    cast(case when with_project.school_code is null then 0 else 1 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from dates
inner join schools on dates.as_of_date between schools.valid_from and schools.valid_to
left join with_project on dates.as_of_date = with_project.as_of_date and schools.school_code = with_project.school_code
where dates.as_of_date >= (select min(projects.start_date) from projects)
