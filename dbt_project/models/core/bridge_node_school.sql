-- Grain: one row per network node and start of the time when its deeds count for the school `school_code`.
-- A node has its school on every day: the first reaches back and the last goes on, as a deed may be due after its node has ended.
with nodes as (
    select * from {{ ref('dim_network_node') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

placed as (
    {{ timeline('nodes', 'node_code', 'school_code') }}
)

select
    placed.node_code,
    attribution.attributed_code as school_code,
    greatest(placed.valid_from, attribution.valid_from) as valid_from,
    least(placed.valid_to, attribution.valid_to) as valid_to
from placed
inner join attribution
    on
        placed.school_code = attribution.school_code
        and placed.valid_from <= attribution.valid_to
        and placed.valid_to >= attribution.valid_from
where placed.valid_from <= placed.valid_to
