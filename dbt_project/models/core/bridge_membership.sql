-- Grain: one row per member, level, entity and start of membership: the one table that says what is summed into what.
-- A member is a school (its Код ОО), and for what belongs to no school a node of the network or a municipality (macros/membership.sql).
-- A school always belongs somewhere, before its opening and after its closing too: no result is lost for want of a place.
with schools as (
    select * from {{ ref('dim_school') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

clusters as (
    select * from {{ ref('bridge_school_cluster') }}
),

nodes as (
    select * from {{ ref('dim_network_node') }}
),

edges as (
    select * from {{ ref('bridge_network_edge') }}
),

groups as (
    select * from {{ ref('bridge_group_member') }}
),

codes as (
    select distinct school_code
    from schools
),

municipalities as (
    select distinct municipality_code
    from {{ ref('dim_municipality') }}
),

school_oktmo as (
    {{ timeline('schools', 'school_code', 'oktmo') }}
),

territory as (
    select
        'school' as level,
        school_code as entity_code,
        school_code as member_code,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    from codes
    union all
    select
        'municipality' as level,
        oktmo_municipality.municipality_code as entity_code,
        school_oktmo.school_code as member_code,
        greatest(school_oktmo.valid_from, oktmo_municipality.valid_from) as valid_from,
        least(school_oktmo.valid_to, oktmo_municipality.valid_to) as valid_to
    from school_oktmo
    inner join oktmo_municipality
        on
            school_oktmo.oktmo = oktmo_municipality.oktmo
            and school_oktmo.valid_from <= oktmo_municipality.valid_to
            and school_oktmo.valid_to >= oktmo_municipality.valid_from
    where school_oktmo.valid_from <= school_oktmo.valid_to
    union all
    select
        'municipality' as level,
        municipality_code as entity_code,
        school_code as member_code,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    from schools
    where is_provisional
    union all
    select
        'region' as level,
        region.region_code as entity_code,
        codes.school_code as member_code,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    from codes
    cross join region
),

network_roles as (
    {{ timeline('nodes', 'node_code', 'role') }}
),

network as (
    select
        case upper_role when 'КЦ' then 'kc' else 'umc' end as level,
        upper_code as entity_code,
        school_code as member_code,
        valid_from,
        valid_to
    from edges
    where upper_role in ('КЦ', 'УМЦ')
    union all
    -- what is said of a centre itself: of the centre alone
    select
        case role when 'КЦ' then 'kc' else 'umc' end as level,
        node_code as entity_code,
        {{ node_member('node_code') }} as member_code,
        valid_from,
        valid_to
    from network_roles
    where role in ('КЦ', 'УМЦ')
    union all
    select
        'group' as level,
        '{{ var("network_group") }}' as entity_code,
        school_code as member_code,
        valid_from,
        valid_to
    from nodes
),

municipality_members as (
    select
        'municipality' as level,
        municipality_code as entity_code,
        municipality_code
    from municipalities
    union all
    select
        'region' as level,
        region.region_code as entity_code,
        municipalities.municipality_code
    from municipalities
    cross join region
),

grouped as (
    select
        groups.group_code,
        groups.object_code as member_code,
        groups.valid_from,
        groups.valid_to
    from groups
    where groups.object_kind = 'school'
    union all
    select
        groups.group_code,
        territory.member_code,
        greatest(groups.valid_from, territory.valid_from) as valid_from,
        least(groups.valid_to, territory.valid_to) as valid_to
    from groups
    inner join territory on territory.level = 'municipality' and groups.object_code = territory.entity_code
    where groups.object_kind = 'municipality'
    union all
    select
        groups.group_code,
        {{ municipality_member('groups.object_code') }} as member_code,
        groups.valid_from,
        groups.valid_to
    from groups
    where groups.object_kind = 'municipality'
),

everything as (
    select
        level,
        entity_code,
        member_code,
        valid_from,
        valid_to
    from territory
    union all
    select
        'cluster' as level,
        cluster_code as entity_code,
        school_code as member_code,
        valid_from,
        valid_to
    from clusters
    union all
    select
        level,
        entity_code,
        member_code,
        valid_from,
        valid_to
    from network
    union all
    select
        level,
        entity_code,
        {{ municipality_member('municipality_code') }} as member_code,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    from municipality_members
    union all
    -- what the regional operator and the ministry do belongs to nobody below
    select
        'region' as level,
        region_code as entity_code,
        {{ region_member() }} as member_code,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    from region
    union all
    select
        'group' as level,
        group_code as entity_code,
        member_code,
        valid_from,
        valid_to
    from grouped
),

merged as (
    {{ merged_intervals('everything', ['level', 'entity_code', 'member_code']) }}
)

select
    level,
    entity_code,
    member_code,
    valid_from,
    valid_to
from merged
