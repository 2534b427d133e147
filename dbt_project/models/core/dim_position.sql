-- Grain: one row per position and group of positions.
with employments as (
    select * from {{ ref('fct_staff_employment') }}
)

select distinct
    position_name,
    position_group
from employments
