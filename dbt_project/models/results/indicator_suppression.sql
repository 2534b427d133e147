-- Grain: one row per cell of indicator_values whose value is closed in the open marts, and why.
{{ config(schema='core', materialized='view') }}

select
    indicator_code,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    suppression
from {{ ref('suppression_closed') }}
union all
select
    indicator_code,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    suppression
from {{ ref('suppression_derived') }}
