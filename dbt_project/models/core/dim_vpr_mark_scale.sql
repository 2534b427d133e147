-- Grain: one row per year, class and subject of the ВПР: from which raw score each mark is given.
-- Boundaries are never inferred from results: without a loaded scale a work has none.
with scales as (
    select * from {{ ref('stg_vpr_mark_scales__scale') }}
)

select
    year as vpr_year,
    cast(grade as text) as grade,
    subject_code,
    min_3,
    min_4,
    min_5,
    max_score,
    basis,
    file_name,
    row_number
from scales
