-- Grain: one row per organisation that was audited or assessed itself and academic year: its level by its own view and by others.
with audits as (
    select * from {{ ref('fct_audit') }}
),

nodes as (
    select * from {{ ref('dim_network_node') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

-- as in uko_self_assessment_level and uko_audit_level: the last of the year on quality management
leveled as (
    select
        *,
        coalesce(node_code, municipality_code) as organisation_code,
        case
            when subject_matter in ('', 'УКО') and max_score > 0 and (is_self_view or audit_kind = 'внешний')
                then 100 * score / max_score
        end as level_percent
    from audits
),

numbered as (
    select
        *,
        row_number() over (
            partition by organisation_code, academic_year, is_self_view, level_percent is null
            order by audit_date desc, audit_code desc
        ) as place
    from leveled
),

yearly as (
    select
        organisation_code,
        academic_year,
        max(node_code) as node_code,
        max(municipality_code) as municipality_code,
        max(school_code) as school_code,
        max(audit_date) as last_audit_date,
        max(case when place = 1 and is_self_view then level_percent end) as self_level,
        max(case when place = 1 and not is_self_view then level_percent end) as audit_level,
        sum(case when is_self_view then 0 else 1 end) as audits,
        sum(case when is_by_others then 1 else 0 end) as audits_by_others,
        sum(case when has_looked_for_nonconformities then major_nonconformities end) as major_nonconformities,
        sum(case when has_looked_for_nonconformities then minor_nonconformities end) as minor_nonconformities,
        sum(case when has_looked_for_nonconformities then observations end) as observations
    from numbered
    group by organisation_code, academic_year
)

select
    yearly.academic_year,
    yearly.organisation_code,
    coalesce(nodes.role, 'муниципалитет') as organisation_role,
    entities.entity_name as organisation_name,
    yearly.school_code,
    entities.school_title,
    yearly.municipality_code,
    yearly.self_level,
    {{ uko_level_word('yearly.self_level') }} as self_level_word,
    yearly.audit_level,
    {{ uko_level_word('yearly.audit_level') }} as audit_level_word,
    yearly.self_level - yearly.audit_level as gap,
    cast(yearly.audits as bigint) as audits,
    cast(yearly.audits_by_others as bigint) as audits_by_others,
    cast(yearly.major_nonconformities as bigint) as major_nonconformities,
    cast(yearly.minor_nonconformities as bigint) as minor_nonconformities,
    cast(yearly.observations as bigint) as observations,
    yearly.last_audit_date
from yearly
left join nodes
    on yearly.node_code = nodes.node_code and yearly.last_audit_date between nodes.valid_from and nodes.valid_to
left join entities
    on
        entities.level = case when yearly.node_code is null then 'municipality' else 'school' end
        and entities.entity_code = coalesce(yearly.school_code, yearly.municipality_code)
        and yearly.last_audit_date between entities.name_from and entities.name_to
