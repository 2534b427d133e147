-- Grain: one row per result and number: rows enough for a publication to take a while. Kept by part from build to build.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('exam_year', 'subject_code') }}") }}

with results as (
    select * from {{ rebuilt(ref('stg_ege__result'), 'exam_year', 'subject_code') }}
)

select
    numbers.place,
    results.exam_year,
    results.school_code,
    results.subject_code,
    results.test_score
from results
cross join (select {{ series(1, 500) }} as place) as numbers
