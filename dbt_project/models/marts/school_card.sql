-- Grain: one row per school, period, indicator, subject, class and breakdown of the card, beside its municipality, cluster and the region.
with own as (
    {{ card_rows('school', 'on_school_card') }}
),

indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

dated as (
    select
        *,
        entity_code as school_code,
        period_day as name_day
    from own
),

placed as (
    {{ school_placed('dated') }}
)

select
    placed.year,
    placed.period,
    placed.school_code,
    placed.entity_name as school_name,
    placed.school_title,
    placed.municipality_code,
    placed.municipality_name,
    clusters.entity_code as cluster_code,
    placed.block,
    placed.place,
    placed.indicator_code,
    placed.indicator_name,
    placed.subject_code,
    placed.subject_name,
    placed.grade,
    placed.breakdown,
    placed.unit,
    placed.value,
    placed.n,
    placed.ci_low,
    placed.ci_high,
    placed.previous_value,
    placed.delta,
    placed.dynamics,
    placed.assessment,
    placed.is_suppressed,
    cluster_values.value as cluster_value,
    municipality_values.value as municipality_value,
    placed.region_value,
    placed.visibility,
    placed.usage_kind,
    placed.limits_text
from placed
left join membership as clusters
    on
        clusters.level = 'cluster'
        and placed.school_code = clusters.member_code
        and placed.period_day between clusters.valid_from and clusters.valid_to
left join indicator_values as municipality_values
    on
        municipality_values.level = 'municipality'
        and placed.municipality_code = municipality_values.entity_code
        and {{ same_cut('placed', 'municipality_values') }}
left join indicator_values as cluster_values
    on
        cluster_values.level = 'cluster'
        and clusters.entity_code = cluster_values.entity_code
        and {{ same_cut('placed', 'cluster_values') }}
