-- Grain: one row per group of schools or municipalities; spellings of one name are one group.
with memberships as (
    select * from {{ ref('stg_groups__membership') }}
)

select
    min(group_name) as group_code,
    min(group_name) as group_name,
    group_name_key,
    min(group_kind) as group_kind,
    min(valid_from) as valid_from,
    max(valid_to) as valid_to
from memberships
group by group_name_key
