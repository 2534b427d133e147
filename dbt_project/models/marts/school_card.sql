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

entities as (
    select * from {{ ref('dim_entity') }}
),

placed as (
    select
        own.*,
        municipalities.entity_code as municipality_code,
        clusters.entity_code as cluster_code
    from own
    left join membership as municipalities
        on
            municipalities.level = 'municipality'
            and own.entity_code = municipalities.member_code
            and own.period_day between municipalities.valid_from and municipalities.valid_to
    left join membership as clusters
        on
            clusters.level = 'cluster'
            and own.entity_code = clusters.member_code
            and own.period_day between clusters.valid_from and clusters.valid_to
)

select
    placed.year,
    placed.period,
    placed.entity_code as school_code,
    placed.entity_name as school_name,
    placed.municipality_code,
    entities.entity_name as municipality_name,
    placed.cluster_code,
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
left join entities
    on
        entities.level = 'municipality'
        and placed.municipality_code = entities.entity_code
        and placed.period_day between entities.name_from and entities.name_to
left join indicator_values as municipality_values
    on
        municipality_values.level = 'municipality'
        and placed.municipality_code = municipality_values.entity_code
        and {{ same_cut('placed', 'municipality_values') }}
left join indicator_values as cluster_values
    on
        cluster_values.level = 'cluster'
        and placed.cluster_code = cluster_values.entity_code
        and {{ same_cut('placed', 'cluster_values') }}
