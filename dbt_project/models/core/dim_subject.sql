-- Grain: one row per РИС subject code.
select
    subject_code,
    subject_name,
    subject_short_name,
    in_indicators,
    has_test_score,
    cast(pass_mark as double precision) as pass_mark
from {{ ref('subjects') }}
