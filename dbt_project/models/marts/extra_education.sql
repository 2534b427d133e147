-- Grain: one row per academic year, level, entity and population: children of a municipality or pupils of schools.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where indicator_code in ('extra_education_coverage', 'extra_education_pupils')
)

select
    period as academic_year,
    {{ period_year('period', "'academic_year'") }} as year,
    level,
    entity_code,
    entity_name,
    case indicator_code when 'extra_education_coverage' then 'дети 5–18 лет' else 'обучающиеся школ' end as population,
    n as children,
    numerator as covered,
    value as coverage,
    ci_low as coverage_ci_low,
    ci_high as coverage_ci_high,
    delta as coverage_delta,
    assessment,
    is_suppressed
from published
