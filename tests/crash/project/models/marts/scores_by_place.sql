-- Grain: one row per result and number: rows enough for a publication to take a while.
select
    numbers.place,
    results.school_code,
    results.subject_code,
    results.test_score
from {{ ref('stg_ege__result') }} as results
cross join (select {{ series(1, 500) }} as place) as numbers
