-- Grain: one row per item of a plan, executor named in it and role.
with items as (
    select * from {{ ref('dim_plan_item') }}
),

nodes as (
    select distinct node_code
    from {{ ref('dim_network_node') }}
),

named as (
    select
        plan,
        section,
        number,
        activity,
        'исполнитель' as executor_role,
        {{ text_parts('performers', ';') }} as executor
    from items
    union all
    select
        plan,
        section,
        number,
        activity,
        'соисполнитель' as executor_role,
        {{ text_parts('co_performers', ';') }} as executor
    from items
    where co_performers is not null
),

trimmed as (
    select distinct
        plan,
        section,
        number,
        activity,
        executor_role,
        trim(executor) as executor
    from named
    where trim(executor) <> ''
)

select
    trimmed.plan,
    trimmed.section,
    trimmed.number,
    trimmed.activity,
    trimmed.executor_role,
    trimmed.executor,
    nodes.node_code
from trimmed
left join nodes on trimmed.executor = nodes.node_code
