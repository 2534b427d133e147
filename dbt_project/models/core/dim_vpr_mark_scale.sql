-- Grain: one row per year, class and subject of the ВПР: from which raw score each mark is given.
-- Boundaries are never inferred from results: without a loaded scale a work has none.
with scales as (
    select * from {{ ref('stg_vpr_mark_scales__scale') }}
),

distribution as (
    select * from {{ ref('fct_vpr_score_distribution') }}
),

works as (
    select
        vpr_year,
        grade,
        subject_code,
        max(academic_year) as academic_year
    from distribution
    group by vpr_year, grade, subject_code
)

select
    scales.year as vpr_year,
    cast(scales.grade as text) as grade,
    scales.subject_code,
    works.academic_year,
    scales.min_3,
    scales.min_4,
    scales.min_5,
    scales.max_score,
    scales.basis,
    scales.file_name,
    scales.row_number
from scales
left join works
    on scales.year = works.vpr_year and cast(scales.grade as text) = works.grade and scales.subject_code = works.subject_code
