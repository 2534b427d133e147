-- Grain: one row per node, node above it at any distance and start of the time when it stands there.
-- A node is above itself, so what belongs to a centre and what belongs to those below it is found in one way.
with recursive nodes as (
    select * from {{ ref('dim_network_node') }}
),

-- a circle of nodes ends where it would come back
walk as (
    select
        node_code,
        node_code as upper_code,
        role as upper_role,
        parent_code,
        school_code,
        valid_from,
        valid_to,
        0 as steps,
        '/' || node_code || '/' as path
    from nodes
    union all
    select
        walk.node_code,
        nodes.node_code as upper_code,
        nodes.role as upper_role,
        nodes.parent_code,
        walk.school_code,
        greatest(walk.valid_from, nodes.valid_from) as valid_from,
        least(walk.valid_to, nodes.valid_to) as valid_to,
        walk.steps + 1 as steps,
        walk.path || nodes.node_code || '/' as path
    from walk
    inner join nodes
        on
            walk.parent_code = nodes.node_code
            and walk.valid_from <= nodes.valid_to
            and walk.valid_to >= nodes.valid_from
    where walk.path not like '%/' || nodes.node_code || '/%'
)

select
    node_code,
    upper_code,
    upper_role,
    school_code,
    cast(steps as bigint) as steps,
    valid_from,
    valid_to
from walk
