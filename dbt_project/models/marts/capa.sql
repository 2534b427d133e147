-- Grain: one row per corrective or preventive action or risk, as it stands on the day of the refresh.
with actions as (
    select * from {{ ref('fct_capa_action') }}
),

nodes as (
    select * from {{ ref('dim_network_node') }}
),

dates as (
    select * from {{ ref('dim_as_of_date') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

numbered_nodes as (
    select
        *,
        row_number() over (partition by node_code order by valid_from desc) as place
    from nodes
)

select
    actions.action_code,
    actions.action_kind,
    actions.node_code,
    numbered_nodes.role as node_role,
    actions.school_code,
    entities.entity_name as school_name,
    entities.school_title,
    actions.audit_code,
    actions.description,
    actions.due_date,
    actions.done_date,
    {{ term_state('actions.due_date', 'actions.done_date', 'dates.as_of_date') }} as state,
    {{ days_late('actions.due_date', 'actions.done_date', 'dates.as_of_date') }} as days_late,
    actions.verified_date,
    actions.is_effective
from actions
cross join dates
left join numbered_nodes on actions.node_code = numbered_nodes.node_code and numbered_nodes.place = 1
left join entities
    on
        entities.level = 'school'
        and actions.school_code = entities.entity_code
        and dates.as_of_date between entities.name_from and entities.name_to
where dates.is_run_date
