-- Grain: one row per gap in what nodes and bodies write down: audits, actions, plans, the network's control totals.
with items as (
    select * from {{ ref('dim_plan_item') }}
),

states as (
    select * from {{ ref('fct_plan_item_status') }}
),

actions as (
    select * from {{ ref('fct_capa_action') }}
),

audits as (
    select * from {{ ref('int_audit__criterion') }}
),

totals as (
    select * from {{ ref('dim_network_control_total') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

found as (
    select
        'plan_term_unknown' as rule_code,
        'plan_items' as source,
        cast(null as text) as period,
        owner_code as entity_code,
        plan as entity_name,
        cast(null as double precision) as value,
        cast(null as double precision) as expected,
        plan || ', ' || activity || ': срок «' || due_as_written || '» не назван однозначно' as message_ru,
        file_name,
        row_number
    from items
    where is_term_unknown
    union all
    select
        'plan_term_outside_plan' as rule_code,
        'plan_items' as source,
        cast(null as text) as period,
        items.owner_code as entity_code,
        items.plan as entity_name,
        cast(null as double precision) as value,
        cast(null as double precision) as expected,
        items.plan || ', ' || items.activity || ': срок «' || items.due_as_written || '» вне лет, названных в плане' as message_ru,
        items.file_name,
        items.row_number
    from items
    where items.date_to < items.named_from or items.date_from > items.named_to
    union all
    select
        'plan_status_unknown' as rule_code,
        'plan_items' as source,
        cast(null as text) as period,
        cast(null as text) as entity_code,
        plan as entity_name,
        cast(null as double precision) as value,
        cast(null as double precision) as expected,
        plan || ', ' || activity || ': статус «' || status_as_written
        || '» не из списка, пункт считается невыполненным, если нет даты выполнения' as message_ru,
        file_name,
        row_number
    from states
    where is_status_unknown
    union all
    select
        'capa_without_due' as rule_code,
        'capa' as source,
        cast(null as text) as period,
        node_code as entity_code,
        node_code as entity_name,
        cast(null as double precision) as value,
        cast(null as double precision) as expected,
        'Действие ' || action_code || ' узла ' || node_code || ': срока нет, в долю выполненных в срок не входит' as message_ru,
        file_name,
        row_number
    from actions
    where due_date is null
    union all
    select
        'audit_rows_disagree' as rule_code,
        'audits' as source,
        academic_year as period,
        coalesce(node_code, municipality_code) as entity_code,
        audit_code as entity_name,
        cast(null as double precision) as value,
        cast(null as double precision) as expected,
        'Аудит ' || audit_code || ', критерий ' || criterion_code
        || ': вид, узел или дата не те, что в последней строке аудита' as message_ru,
        file_name,
        row_number
    from audits
    where is_contradicting
    union all
    select
        'network_control_total' as rule_code,
        'network' as source,
        cast(totals.total_date as text) as period,
        region.region_code as entity_code,
        region.region_name as entity_name,
        cast(totals.loaded_nodes as double precision) as value,
        cast(totals.expected_nodes as double precision) as expected,
        totals.node_role || ' на ' || {{ day_ru('totals.total_date') }} || ': загружено ' || cast(totals.loaded_nodes as text)
        || ', по документам ' || cast(totals.expected_nodes as text) as message_ru,
        cast(null as text) as file_name,
        cast(null as bigint) as row_number
    from totals
    cross join region
    where totals.loaded_nodes <> totals.expected_nodes
)

select
    rule_code,
    source,
    period,
    entity_code,
    entity_name,
    cast(null as text) as subject_code,
    value,
    expected,
    message_ru,
    file_name,
    row_number
from found
