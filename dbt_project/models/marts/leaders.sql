-- Grain: one row per as-of date, level and entity with heads of schools.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where
        (indicator_code in ('leaders_pd_uko_share', 'leaders_pd_count') and breakdown = '')
        or (indicator_code = 'staff_competence_share' and breakdown = 'руководитель')
)

select
    cast(period as date) as as_of_date,
    level,
    entity_code,
    max(entity_name) as entity_name,
    max(case when indicator_code = 'leaders_pd_uko_share' then n end) as leaders,
    max(case when indicator_code = 'leaders_pd_uko_share' then numerator end) as leaders_with_document,
    max(case when indicator_code = 'leaders_pd_uko_share' then value end) as pd_uko_share,
    max(case when indicator_code = 'leaders_pd_uko_share' then ci_low end) as pd_uko_ci_low,
    max(case when indicator_code = 'leaders_pd_uko_share' then ci_high end) as pd_uko_ci_high,
    max(case when indicator_code = 'leaders_pd_uko_share' then dynamics end) as pd_uko_dynamics,
    max(case when indicator_code = 'leaders_pd_count' then value end) as taught_since_project_start,
    max(case when indicator_code = 'staff_competence_share' then n end) as diagnosed_leaders,
    max(case when indicator_code = 'staff_competence_share' then value end) as competence_share
from published
group by period, level, entity_code
having max(case when indicator_code = 'leaders_pd_uko_share' then 1 else 0 end) = 1
