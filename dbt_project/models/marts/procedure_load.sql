-- Grain: one row per academic year, level and entity with classes in the schedule of procedures.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where indicator_code in ('procedure_load', 'procedure_day_overload', 'procedure_hours_overload')
)

select
    period as academic_year,
    {{ period_year('period', "'academic_year'") }} as year,
    level,
    entity_code,
    max(entity_name) as entity_name,
    max(case when indicator_code = 'procedure_load' then n end) as classes,
    max(case when indicator_code = 'procedure_load' then value end) as works_a_class,
    max(case when indicator_code = 'procedure_load' then delta end) as works_a_class_delta,
    max(case when indicator_code = 'procedure_day_overload' then numerator end) as classes_with_day_overload,
    max(case when indicator_code = 'procedure_day_overload' then value end) as day_overload_share,
    max(case when indicator_code = 'procedure_hours_overload' then n end) as classes_with_lessons,
    max(case when indicator_code = 'procedure_hours_overload' then numerator end) as classes_with_hours_overload,
    max(case when indicator_code = 'procedure_hours_overload' then value end) as hours_overload_share
from published
group by period, level, entity_code
