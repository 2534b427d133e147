-- Grain: one row per school code of the file and academic year.
with coefficients as (
    select * from {{ ref('stg_funding__coefficient') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

dated as (
    select
        *,
        {{ day_of_year('substring(academic_year, 1, 4)', parameter('academic_year_first_day', as_text=true)) }} as event_date
    from coefficients
)

select
    dated.school_code as reported_school_code,
    coalesce(attribution.attributed_code, dated.school_code) as school_code,
    dated.academic_year,
    dated.event_date,
    dated.coefficient,
    dated.coefficient > {{ parameter('funding_usual_coefficient') }} as is_raised,
    dated.file_name,
    dated.row_number
from dated
left join attribution
    on
        dated.school_code = attribution.school_code
        and dated.event_date between attribution.valid_from and attribution.valid_to
