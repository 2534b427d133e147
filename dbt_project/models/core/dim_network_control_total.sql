-- Grain: one row per control total of the network that is known for this region: what the documents count and what is loaded.
with totals as (
    select * from {{ ref('network_control_totals') }}
),

nodes as (
    select * from {{ ref('dim_network_node') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

loaded as (
    select count(*) as number_of_nodes from nodes
)

select
    totals.total_date,
    totals.node_role,
    totals.expected_nodes,
    count(distinct nodes.node_code) as loaded_nodes,
    totals.evidence
from totals
inner join region on totals.region_code = region.region_code
-- without any network there is nothing to count
inner join loaded on loaded.number_of_nodes > 0
left join nodes on totals.node_role = nodes.role and totals.total_date between nodes.valid_from and nodes.valid_to
group by totals.total_date, totals.node_role, totals.expected_nodes, totals.evidence
