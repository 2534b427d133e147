-- Grain: one row per year, class, subject and school login of the flat table of scores.
with source as (
    select * from {{ current_rows('vpr_scores_flat') }} as rows_that_count
)

select
    year as vpr_year,
    cast(grade as text) as grade,
    subject_code,
    school_login,
    participants,
    score_shares,
    decimals,
    file_name,
    row_number
from source
