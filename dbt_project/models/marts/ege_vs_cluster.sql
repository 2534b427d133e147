-- Grain: one row per year and school that has other schools to be compared with in its cluster.
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

differences as (
    select
        *,
        entity_code as school_code,
        {{ day_of_year('period', parameter('network_last_day', as_text=true)) }} as cluster_day,
        {{ day_of_year('period', parameter('year_name_day', as_text=true)) }} as name_day
    from indicator_values
    where indicator_code = 'ege_pass_vs_cluster'
),

placed as (
    {{ school_placed('differences') }}
),

pass_shares as (
    select *
    from indicator_values
    where indicator_code = 'ege_pass_share_mandatory'
)

select
    cast(placed.period as integer) as year,
    placed.municipality_code,
    placed.municipality_name,
    placed.school_code,
    placed.entity_name as school_name,
    placed.school_title,
    schools.value as school_value,
    schools.ci_low as school_ci_low,
    schools.ci_high as school_ci_high,
    schools.n as school_n,
    cluster.entity_code as cluster_code,
    clusters.value as cluster_value,
    clusters.ci_low as cluster_ci_low,
    clusters.ci_high as cluster_ci_high,
    clusters.n as cluster_n,
    placed.value as difference,
    placed.ci_low as difference_ci_low,
    placed.ci_high as difference_ci_high,
    placed.ci_low > 0 as above_cluster,
    placed.value > 0 as above_cluster_nominal,
    placed.is_suppressed
from placed
inner join membership as cluster
    on
        placed.school_code = cluster.member_code
        and cluster.level = 'cluster'
        and placed.cluster_day between cluster.valid_from and cluster.valid_to
left join pass_shares as schools
    on
        placed.period = schools.period
        and placed.level = schools.level
        and placed.entity_code = schools.entity_code
left join pass_shares as clusters
    on
        placed.period = clusters.period
        and clusters.level = 'cluster'
        and cluster.entity_code = clusters.entity_code
