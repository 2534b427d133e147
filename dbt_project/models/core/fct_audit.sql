-- Grain: one row per audit, self-assessments included: its scores and nonconformities over all criteria.
with findings as (
    select * from {{ ref('fct_audit_finding') }}
),

assessments as (
    select * from {{ ref('fct_self_assessment') }}
),

criteria as (
    select
        audit_code,
        audit_kind,
        false as is_self_view,
        is_by_others,
        auditor_node_code,
        node_code,
        municipality_code,
        school_code,
        member_code,
        subject_matter,
        audit_date,
        academic_year,
        score,
        max_score,
        nonconformity
    from findings
    union all
    select
        assessment_code as audit_code,
        'самооценка' as audit_kind,
        true as is_self_view,
        false as is_by_others,
        cast(null as text) as auditor_node_code,
        node_code,
        municipality_code,
        school_code,
        member_code,
        subject_matter,
        assessment_date as audit_date,
        academic_year,
        score,
        max_score,
        cast(null as text) as nonconformity
    from assessments
)

select
    audit_code,
    audit_kind,
    is_self_view,
    is_by_others,
    auditor_node_code,
    node_code,
    municipality_code,
    school_code,
    member_code,
    subject_matter,
    audit_date,
    academic_year,
    count(*) as criteria,
    count(score) as scored_criteria,
    sum(score) as score,
    sum(max_score) as max_score,
    -- an audit that names no word at any criterion has not looked for nonconformities: that is not «none found»
    count(nonconformity) > 0 as has_looked_for_nonconformities,
    cast(sum(case when nonconformity = 'значительное' then 1 else 0 end) as bigint) as major_nonconformities,
    cast(sum(case when nonconformity = 'незначительное' then 1 else 0 end) as bigint) as minor_nonconformities,
    cast(sum(case when nonconformity = 'наблюдение' then 1 else 0 end) as bigint) as observations
from criteria
group by
    audit_code,
    audit_kind,
    is_self_view,
    is_by_others,
    auditor_node_code,
    node_code,
    municipality_code,
    school_code,
    member_code,
    subject_matter,
    audit_date,
    academic_year
