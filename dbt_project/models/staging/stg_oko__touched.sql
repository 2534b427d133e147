-- Grain: one row per year and subject in which rows of protocols came or went since the last build that was published.
select distinct
    year as exam_year,
    subject_code
from {{ source('raw', '_touched') }}
