-- Grain: one row per as-of date, level and entity with педагогические работники.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where
        indicator_code in ('staff_cat_high', 'staff_cat_first', 'staff_methodist', 'staff_mentor', 'pd_share_3y', 'staff_competence_share')
        and breakdown in ('', 'педагог')
)

select
    cast(period as date) as as_of_date,
    level,
    entity_code,
    max(entity_name) as entity_name,
    max(case when indicator_code = 'staff_cat_high' then n end) as teachers,
    max(case when indicator_code = 'staff_cat_high' then value end) as high_category_share,
    max(case when indicator_code = 'staff_cat_first' then value end) as first_category_share,
    max(case when indicator_code = 'staff_methodist' then value end) as methodist_share,
    max(case when indicator_code = 'staff_mentor' then value end) as mentor_share,
    max(case when indicator_code = 'pd_share_3y' then value end) as pd_share,
    max(case when indicator_code = 'pd_share_3y' then delta end) as pd_share_delta,
    max(case when indicator_code = 'staff_competence_share' then n end) as diagnosed_teachers,
    max(case when indicator_code = 'staff_competence_share' then value end) as competence_share,
    bool_or(is_suppressed) as has_suppressed
from published
group by period, level, entity_code
having max(case when indicator_code = 'staff_cat_high' then 1 else 0 end) = 1
