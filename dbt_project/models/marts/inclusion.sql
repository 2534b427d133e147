-- Grain: one row per academic year, level and entity with pupils with special needs, or classes and groups for them.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    -- who has how many such pupils is for those who work with them: schools are internal
    where indicator_code in ('inclusive_conditions', 'inclusive_class_count') and visibility = 'public'
)

select
    period as academic_year,
    {{ period_year('period', "'academic_year'") }} as year,
    level,
    entity_code,
    max(entity_name) as entity_name,
    max(case when indicator_code = 'inclusive_conditions' then n end) as special_needs_pupils,
    max(case when indicator_code = 'inclusive_conditions' then numerator / 100 end) as special_staff,
    max(case when indicator_code = 'inclusive_conditions' then value end) as specialists_per_100,
    max(case when indicator_code = 'inclusive_conditions' then delta end) as specialists_per_100_delta,
    max(case when indicator_code = 'inclusive_class_count' and breakdown = 'классы' then value end) as classes,
    max(case when indicator_code = 'inclusive_class_count' and breakdown = 'группы' then value end) as groups,
    bool_or(is_suppressed) as has_suppressed
from published
group by period, level, entity_code
