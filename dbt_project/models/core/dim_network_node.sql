-- Grain: one row per network node and start of validity (SCD2).
with nodes as (
    select * from {{ ref('stg_network__node') }}
)

select
    node_code,
    role,
    school_code,
    parent_code,
    valid_from,
    valid_to,
    file_name,
    row_number
from nodes
