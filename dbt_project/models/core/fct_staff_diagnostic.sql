-- Grain: one row per diagnostic, person and competence ('' is the result as a whole).
with results as (
    select * from {{ ref('stg_staff_diagnostics__result') }}
),

municipalities as (
    select * from {{ ref('int_oktmo__municipality') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
)

select
    results.diagnostic_code,
    results.person_id,
    coalesce(results.competence_key, '') as competence_key,
    results.competence,
    results.diagnostic_date,
    results.position_group,
    coalesce(attribution.attributed_code, results.school_code) as school_code,
    municipalities.municipality_code,
    results.score,
    results.max_score,
    results.file_name,
    results.row_number
from results
left join municipalities
    on
        results.oktmo = municipalities.oktmo
        and results.diagnostic_date between municipalities.valid_from and municipalities.valid_to
left join attribution
    on
        results.school_code = attribution.school_code
        and results.diagnostic_date between attribution.valid_from and attribution.valid_to
