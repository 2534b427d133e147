-- Grain: one row per level, entity and start of validity; `name_from`–`name_to` has no gaps, so every day has a name.
with schools as (
    select * from {{ ref('dim_school') }}
),

municipalities as (
    select * from {{ ref('dim_municipality') }}
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

groups as (
    select * from {{ ref('dim_group') }}
),

cluster_years as (
    select
        cluster_code as entity_code,
        valid_from,
        valid_to
    from clusters
),

entities as (
    select
        'school' as level,
        school_code as entity_code,
        school_name as entity_name,
        valid_from,
        valid_to
    from schools
    union all
    select
        'municipality' as level,
        municipality_code as entity_code,
        municipality_name as entity_name,
        valid_from,
        valid_to
    from municipalities
    union all
    select
        'region' as level,
        region_code as entity_code,
        region_name as entity_name,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    from region
    union all
    select
        'cluster' as level,
        entity_code,
        'Кластер ' || entity_code as entity_name,
        valid_from,
        valid_to
    from (
        {{ merged_intervals('cluster_years', ['entity_code']) }}
    ) as years_of_clusters
    union all
    -- a centre is called by its code and its school, as that is called in the time
    select
        case nodes.role when 'КЦ' then 'kc' else 'umc' end as level,
        nodes.node_code as entity_code,
        nodes.node_code || coalesce(' · ' || schools.school_name, '') as entity_name,
        greatest(nodes.valid_from, coalesce(schools.valid_from, nodes.valid_from)) as valid_from,
        least(nodes.valid_to, coalesce(schools.valid_to, nodes.valid_to)) as valid_to
    from nodes
    left join schools
        on
            nodes.school_code = schools.school_code
            and nodes.valid_from <= schools.valid_to
            and nodes.valid_to >= schools.valid_from
    where nodes.role in ('КЦ', 'УМЦ')
    union all
    select
        'group' as level,
        group_code as entity_code,
        group_name as entity_name,
        valid_from,
        valid_to
    from groups
    union all
    select
        'group' as level,
        '{{ var("network_group") }}' as entity_code,
        'Сеть КЦ – УМЦ – ОО' as entity_name,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from nodes
    having count(*) > 0
)

select
    level,
    entity_code,
    entity_name,
    valid_from,
    valid_to,
    case when row_number() over versions = 1 then {{ first_day() }} else valid_from end as name_from,
    coalesce({{ add_days('lead(valid_from) over versions', -1) }}, {{ last_day() }}) as name_to,
    -- names repeat between municipalities and change: one title for all years of a code, so that who filters by it loses no year
    case
        when level = 'school'
            then first_value(entity_name) over (partition by level, entity_code order by valid_from desc) || ' · ' || entity_code
    end as school_title
from entities
window versions as (partition by level, entity_code order by valid_from)
