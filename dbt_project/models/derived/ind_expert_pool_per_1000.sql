-- Grain: one row per as-of date, level and entity with teachers, once a register of experts is there.
with compared as (
    select * from {{ ref('indicator_compared') }}
),

experts as (
    select * from compared
    where indicator_code = 'expert_pool' and breakdown = ''
),

teachers as (
    select * from compared
    where indicator_code = 'staff_cat_high'
)

select
    teachers.period,
    teachers.level,
    teachers.entity_code,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    1000 * experts.value as numerator,
    teachers.denominator,
    1000 * experts.value / teachers.denominator as value,
    teachers.n,
    cast(null as bigint) as n_other,
    cast(null as double precision) as ci_low,
    cast(null as double precision) as ci_high
from teachers
inner join experts
    on teachers.period = experts.period and teachers.level = experts.level and teachers.entity_code = experts.entity_code
