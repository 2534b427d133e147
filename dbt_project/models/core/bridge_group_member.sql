-- Grain: one row per group, school or municipality in it and start of validity.
with memberships as (
    select * from {{ ref('stg_groups__membership') }}
),

groups as (
    select * from {{ ref('dim_group') }}
),

municipalities as (
    select distinct municipality_code
    from {{ ref('dim_municipality') }}
)

select
    groups.group_code,
    case when municipalities.municipality_code is null then 'school' else 'municipality' end as object_kind,
    memberships.member_code as object_code,
    memberships.role,
    memberships.valid_from,
    memberships.valid_to,
    memberships.file_name,
    memberships.row_number
from memberships
inner join groups on memberships.group_name_key = groups.group_name_key
left join municipalities on memberships.member_code = municipalities.municipality_code
