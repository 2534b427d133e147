-- Grain: one row per procedure, year, subject and kind of threshold.
with source as (
    select * from {{ current_rows('thresholds') }} as rows_that_count
)

select
    procedure as procedure_name,
    year as threshold_year,
    subject_code,
    threshold_kind,
    value as threshold_value,
    basis
from source
