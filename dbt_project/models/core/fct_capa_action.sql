-- Grain: one row per corrective or preventive action or risk of a node, as it stands now.
with actions as (
    select * from {{ ref('stg_capa__action') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
)

select
    actions.action_code,
    actions.node_code,
    node_schools.school_code,
    actions.audit_code,
    actions.action_kind,
    actions.description,
    actions.due_date,
    actions.done_date,
    actions.verified_date,
    actions.is_effective,
    -- without a term nothing can be late
    case when actions.due_date is not null then coalesce(actions.done_date <= actions.due_date, false) end as is_done_on_time,
    actions.file_name,
    actions.row_number
from actions
cross join region
left join node_schools
    on
        actions.node_code = node_schools.node_code
        and coalesce(actions.due_date, actions.done_date, region.as_of) between node_schools.valid_from and node_schools.valid_to
