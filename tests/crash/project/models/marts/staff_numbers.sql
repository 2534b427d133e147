-- Grain: one row per school and group of positions.
select
    school_code,
    position_group,
    count(*) as people
from {{ ref('fct_staff') }}
group by school_code, position_group
