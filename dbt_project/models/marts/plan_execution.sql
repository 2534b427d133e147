-- Grain: one row per item of a plan, as it stands on the day of the refresh.
with items as (
    select * from {{ ref('dim_plan_item') }}
),

states as (
    select * from {{ ref('fct_plan_item_status') }}
),

executors as (
    select * from {{ ref('bridge_plan_executor') }}
),

dates as (
    select * from {{ ref('dim_as_of_date') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

named as (
    select
        plan,
        section,
        number,
        activity,
        {{ join_texts('executor', "'; '", 'executor') }} as executors
    from executors
    where executor_role = 'исполнитель'
    group by plan, section, number, activity
)

select
    items.plan,
    items.section,
    items.number,
    items.activity,
    items.due_as_written,
    items.date_from,
    items.date_to,
    items.date_precision,
    items.due_date,
    named.executors,
    items.co_performers,
    items.participants,
    items.place,
    items.owner_code,
    entities.entity_name as owner_name,
    items.expected_result,
    states.status_as_written,
    states.done_date,
    case
        when not states.is_tracked then 'исполнение не отмечается'
        when states.state = 'отменено' then 'отменено'
        when states.state = 'выполнено' and (states.done_date is null or items.due_date is null) then 'выполнено'
        else {{ term_state('items.due_date', 'states.done_date', 'dates.as_of_date') }}
    end as state,
    case
        when states.is_tracked and states.state <> 'отменено' and (states.state <> 'выполнено' or states.done_date is not null)
            then {{ days_late('items.due_date', 'states.done_date', 'dates.as_of_date') }}
    end as days_late
from items
cross join dates
inner join states
    on
        items.plan = states.plan
        and items.section = states.section
        and items.number = states.number
        and items.activity = states.activity
left join named
    on
        items.plan = named.plan
        and items.section = named.section
        and items.number = named.number
        and items.activity = named.activity
left join node_schools
    on items.node_code = node_schools.node_code and dates.as_of_date between node_schools.valid_from and node_schools.valid_to
left join entities
    on
        entities.level = case when items.node_code is null then 'municipality' else 'school' end
        and entities.entity_code = coalesce(node_schools.school_code, items.municipality_code)
        and dates.as_of_date between entities.name_from and entities.name_to
where dates.is_run_date
