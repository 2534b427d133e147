-- Grain: one row per audit and criterion, what auditors found; self-assessments are a fact of their own.
with criteria as (
    select * from {{ ref('int_audit__criterion') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
)

select
    criteria.audit_code,
    criteria.criterion_code,
    criteria.audit_kind,
    criteria.is_by_others,
    criteria.auditor_node_code,
    criteria.node_code,
    criteria.municipality_code,
    node_schools.school_code,
    coalesce(node_schools.school_code, {{ municipality_member('criteria.municipality_code') }}) as member_code,
    criteria.subject_matter,
    criteria.audit_date,
    criteria.academic_year,
    criteria.score,
    criteria.max_score,
    criteria.nonconformity,
    criteria.file_name,
    criteria.row_number
from criteria
left join node_schools
    on criteria.node_code = node_schools.node_code and criteria.audit_date between node_schools.valid_from and node_schools.valid_to
where not criteria.is_self_view
