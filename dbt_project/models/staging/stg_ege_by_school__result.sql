-- Grain: one row per year, subject and school (name and number among homonyms) of the yearly form;
-- and one per year and subject for its own total.
with source as (
    select * from {{ current_rows('ege_by_school') }} as rows_that_count
)

select
    year as exam_year,
    subject_code,
    row_kind = 'итог' as is_total,
    municipality_name,
    coalesce(municipality_name_key, '') as municipality_name_key,
    school_name,
    coalesce(school_name_key, '') as school_name_key,
    coalesce(homonym, 1) as homonym,
    graduates,
    participants,
    below_min,
    high_80_99,
    score_100,
    mean_score,
    file_name,
    row_number
from source
