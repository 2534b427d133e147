-- Grain: one row per as-of date, school and teacher employed there.
with staff as (
    select * from {{ ref('fct_staff_as_of') }}
),

categories as (
    select * from {{ ref('qualification_categories') }}
)

select
    staff.person_id as unit_id,
    cast(1 as bigint) as units,
    staff.school_code as member_code,
    '' as class_name,
    staff.as_of_date as event_date,
    cast(staff.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when categories.category = 'первая' then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from staff
left join categories on staff.ladder_rank = categories.ladder_rank
where staff.position_group = 'педагог' and staff.is_main_job
