-- Grain: one row per support measure, of a school or of a municipality.
with measures as (
    select * from {{ ref('stg_support_measures__measure') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

municipalities as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    measures.measure_code,
    coalesce(attribution.attributed_code, measures.school_code) as school_code,
    municipalities.municipality_code,
    measures.kind,
    coalesce(measures.subject_code, '') as subject_code,
    measures.basis,
    measures.node_code,
    {{ academic_year('measures.start_date') }} as academic_year,
    measures.start_date,
    coalesce(measures.end_date, {{ last_day() }}) as end_date,
    measures.outcome,
    measures.file_name,
    measures.row_number
from measures
left join attribution
    on
        measures.school_code = attribution.school_code
        and measures.start_date between attribution.valid_from and attribution.valid_to
left join municipalities
    on
        measures.oktmo = municipalities.oktmo
        and measures.start_date between municipalities.valid_from and municipalities.valid_to
