-- Grain: one row per academic year, school whose papers they are, work day and person who checked them.
with assignments as (
    select * from {{ ref('fct_checker_assignment') }}
)

select
    person_id as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    '' as class_name,
    work_date as event_date,
    {{ academic_year('work_date') }} as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(max(case when is_conflict then 1 else 0 end) as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from assignments
where role_name = 'проверяющий' and is_conflict is not null
group by person_id, school_code, work_date
