-- Grain: one row per audit and criterion, with the audit's own facts from its latest row: what they disagree in is a finding.
with criteria as (
    select * from {{ ref('stg_audits__criterion') }}
),

kinds as (
    select * from {{ ref('audit_kinds') }}
),

nodes as (
    select distinct node_code
    from {{ ref('stg_network__node') }}
),

headed as (
    select
        *,
        first_value(audit_kind) over audit as its_kind,
        first_value(auditor_node_code) over audit as its_auditor,
        first_value(node_code) over audit as its_node,
        first_value(subject_matter) over audit as its_matter,
        first_value(audit_date) over audit as its_date
    from criteria
    window audit as (partition by audit_code order by audit_date desc, {{ byte_order('criterion_code') }} desc)
)

select
    headed.audit_code,
    headed.criterion_code,
    headed.its_kind as audit_kind,
    kinds.is_self_view,
    kinds.is_by_others,
    headed.its_auditor as auditor_node_code,
    case when nodes.node_code is not null then headed.its_node end as node_code,
    case when nodes.node_code is null then headed.its_node end as municipality_code,
    upper(trim(coalesce(headed.its_matter, ''))) as subject_matter,
    headed.its_date as audit_date,
    {{ academic_year('headed.its_date') }} as academic_year,
    -- a score without its maximum measures nothing, and one criterion over its own maximum was rejected
    case when headed.max_score > 0 then headed.score end as score,
    case when headed.score is not null and headed.max_score > 0 then headed.max_score end as max_score,
    headed.nonconformity,
    headed.audit_kind <> headed.its_kind
    or headed.node_code <> headed.its_node
    or headed.audit_date <> headed.its_date as is_contradicting,
    headed.file_name,
    headed.row_number
from headed
inner join kinds on headed.its_kind = kinds.audit_kind
left join nodes on headed.its_node = nodes.node_code
