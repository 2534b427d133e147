-- Grain: one row per subject of ЕГЭ, years of a scale and raw score.
with scales as (
    select * from {{ ref('ege_score_scales') }}
)

select
    subject_code,
    year_from,
    year_to,
    cast(raw_score as double precision) as raw_score,
    cast(test_score as double precision) as test_score,
    evidence,
    basis
from scales
