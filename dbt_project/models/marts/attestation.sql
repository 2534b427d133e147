-- Grain: one row per academic year, level, entity and category that the attestation board decided on.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where indicator_code in ('attestation_granted_share', 'attestation_on_time_share')
)

select
    period as academic_year,
    level,
    entity_code,
    max(entity_name) as entity_name,
    breakdown as category,
    max(case when indicator_code = 'attestation_granted_share' then n end) as decisions,
    max(case when indicator_code = 'attestation_granted_share' then numerator end) as granted,
    max(case when indicator_code = 'attestation_granted_share' then value end) as granted_share,
    max(case when indicator_code = 'attestation_on_time_share' then n end) as dated_applications,
    max(case when indicator_code = 'attestation_on_time_share' then value end) as on_time_share,
    bool_or(is_suppressed) as has_suppressed
from published
group by period, level, entity_code, breakdown
