-- Grain: one row per item of a plan, its term as an interval.
-- A year that the term does not name is taken from the section or the plan where those name one; otherwise the term stays unknown.
with items as (
    select * from {{ ref('stg_plan_items__item') }}
),

nodes as (
    select distinct node_code
    from {{ ref('dim_network_node') }}
),

municipalities as (
    select distinct municipality_code
    from {{ ref('dim_municipality') }}
),

split as (
    select
        *,
        nullif(split_part(term, '/', 1), '') as term_from,
        nullif(split_part(term, '/', 2), '') as term_to,
        split_part(term, '/', 3) as precision_as_read
    from items
),

in_years as (
    select
        *,
        {{ term_in_year('term_from', 'section_years', 'plan_years') }} as from_in_year,
        {{ term_in_year('term_to', 'section_years', 'plan_years') }} as to_in_year
    from split
),

dated as (
    select
        *,
        {{ term_first_day('from_in_year') }} as from_day,
        {{ term_last_day('to_in_year') }} as to_day
    from in_years
),

-- what would end before it begins is not known
ordered as (
    select
        *,
        case when from_day <= to_day then from_day end as date_from,
        case when from_day <= to_day then to_day end as date_to
    from dated
),

-- a plan lasts for the years in its name and for what is in it
periods as (
    select
        plan,
        min(date_from) as first_day,
        max(date_to) as last_day,
        min(
            {{ day_of_year('substring(plan_years, 1, 4)', "case when plan_years like '%/%' then '09-01' else '01-01' end") }}
        ) as named_from,
        max(
            {{ day_of_year('substring(plan_years, 6, 4)', "case when plan_years like '%/%' then '08-31' else '12-31' end") }}
        ) as named_to
    from ordered
    group by plan
)

select
    ordered.plan,
    coalesce(ordered.section, '') as section,
    coalesce(ordered.number, '') as number,
    ordered.activity,
    ordered.due as due_as_written,
    ordered.date_from,
    ordered.date_to,
    nullif(ordered.precision_as_read, '') as date_precision,
    coalesce(ordered.precision_as_read = 'open', false) as is_open,
    coalesce(ordered.precision_as_read, '') <> 'open' and ordered.date_to is null as is_term_unknown,
    -- what has no day of its own is due when its plan is over
    coalesce(ordered.date_to, greatest(periods.last_day, periods.named_to)) as due_date,
    least(periods.first_day, periods.named_from) as plan_from,
    greatest(periods.last_day, periods.named_to) as plan_to,
    periods.named_from,
    periods.named_to,
    nodes.node_code,
    municipalities.municipality_code,
    ordered.owner_code,
    ordered.performers,
    ordered.co_performers,
    ordered.participants,
    ordered.place,
    ordered.expected_result,
    ordered.file_name,
    ordered.row_number
from ordered
inner join periods on ordered.plan = periods.plan
left join nodes on ordered.owner_code = nodes.node_code
left join municipalities on nodes.node_code is null and ordered.owner_code = municipalities.municipality_code
