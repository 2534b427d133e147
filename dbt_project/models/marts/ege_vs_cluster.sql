-- Grain: one row per year and school that has other schools to be compared with in its cluster.
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

differences as (
    select
        *,
        {{ day_of_year('period', parameter('network_last_day', as_text=true)) }} as cluster_day,
        {{ day_of_year('period', parameter('year_name_day', as_text=true)) }} as name_day
    from indicator_values
    where indicator_code = 'ege_pass_vs_cluster'
),

pass_shares as (
    select *
    from indicator_values
    where indicator_code = 'ege_pass_share_mandatory'
)

select
    cast(differences.period as integer) as year,
    municipality.entity_code as municipality_code,
    entities.entity_name as municipality_name,
    differences.entity_code as school_code,
    differences.entity_name as school_name,
    schools.value as school_value,
    schools.ci_low as school_ci_low,
    schools.ci_high as school_ci_high,
    schools.n as school_n,
    cluster.entity_code as cluster_code,
    clusters.value as cluster_value,
    clusters.ci_low as cluster_ci_low,
    clusters.ci_high as cluster_ci_high,
    clusters.n as cluster_n,
    differences.value as difference,
    differences.ci_low as difference_ci_low,
    differences.ci_high as difference_ci_high,
    differences.ci_low > 0 as above_cluster,
    differences.value > 0 as above_cluster_nominal,
    differences.is_suppressed
from differences
inner join membership as cluster
    on
        differences.entity_code = cluster.member_code
        and cluster.level = 'cluster'
        and differences.cluster_day between cluster.valid_from and cluster.valid_to
left join membership as municipality
    on
        differences.entity_code = municipality.member_code
        and municipality.level = 'municipality'
        and differences.name_day between municipality.valid_from and municipality.valid_to
left join entities
    on
        municipality.level = entities.level
        and municipality.entity_code = entities.entity_code
        and differences.name_day between entities.name_from and entities.name_to
left join pass_shares as schools
    on
        differences.period = schools.period
        and differences.level = schools.level
        and differences.entity_code = schools.entity_code
left join pass_shares as clusters
    on
        differences.period = clusters.period
        and clusters.level = 'cluster'
        and cluster.entity_code = clusters.entity_code
