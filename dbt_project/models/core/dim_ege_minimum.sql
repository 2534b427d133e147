-- Grain: one row per year and subject of ЕГЭ that has a minimum: of the certificate where there is one, else of universities.
with thresholds as (
    select * from {{ ref('dim_threshold') }}
    where procedure_name = 'ЕГЭ' and threshold_kind in ('минимум_аттестат', 'минимум_вуз')
),

sorted as (
    select
        *,
        row_number() over (partition by threshold_year, subject_code order by threshold_kind) as place
    from thresholds
)

select
    threshold_year as exam_year,
    subject_code,
    threshold_kind as minimum_kind,
    threshold_value as minimum
from sorted
where place = 1
