-- Grain: one row per network node and academic year in which audits are recorded and the node was there.
with nodes as (
    select * from {{ ref('dim_network_node') }}
),

audits as (
    select * from {{ ref('fct_audit') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

run as (
    select as_of_date
    from {{ ref('dim_as_of_date') }}
    where is_run_date
),

years as (
    select distinct academic_year
    from audits
),

bounds as (
    select
        years.academic_year,
        {{ day_of_year('substring(years.academic_year, 1, 4)', "'09-01'") }} as first_day,
        least({{ day_of_year('substring(years.academic_year, 6, 4)', "'08-31'") }}, run.as_of_date) as last_day
    from years
    cross join run
),

-- the last day of the year on which the node was there
there as (
    select
        nodes.node_code,
        bounds.academic_year,
        max(least(nodes.valid_to, bounds.last_day)) as event_date
    from nodes
    inner join bounds on nodes.valid_from <= bounds.last_day and nodes.valid_to >= bounds.first_day
    group by nodes.node_code, bounds.academic_year
),

audited as (
    select distinct
        node_code,
        academic_year
    from audits
    where is_by_others
)

select
    there.node_code || '/' || there.academic_year as unit_id,
    cast(1 as bigint) as units,
    node_schools.school_code as member_code,
    '' as class_name,
    there.event_date,
    there.academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when audited.node_code is null then 0 else 1 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from there
inner join node_schools
    on there.node_code = node_schools.node_code and there.event_date between node_schools.valid_from and node_schools.valid_to
left join audited on there.node_code = audited.node_code and there.academic_year = audited.academic_year
