-- Grain: one row per as-of date, information system that somebody reports on, and school valid on the date.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

schools as (
    select * from {{ ref('dim_school') }}
),

months as (
    select * from {{ ref('fct_system_adoption') }}
),

recent as (
    select
        dates.as_of_date,
        months.system_name,
        months.school_code,
        months.operations
    from dates
    inner join months
        on
            dates.as_of_date >= months.snapshot_date
            and months.snapshot_date > {{ add_years('dates.as_of_date', '-' ~ parameter('system_adoption_years')) }}
),

systems as (
    select distinct
        as_of_date,
        system_name
    from recent
),

users as (
    select distinct
        as_of_date,
        system_name,
        school_code
    from recent
    where operations > 0
)

select
    schools.school_code as unit_id,
    cast(1 as bigint) as units,
    schools.school_code as member_code,
    '' as class_name,
    systems.as_of_date as event_date,
    cast(systems.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    systems.system_name as breakdown,
    cast(case when users.school_code is null then 0 else 1 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from systems
inner join schools on systems.as_of_date between schools.valid_from and schools.valid_to
left join users
    on
        systems.as_of_date = users.as_of_date
        and systems.system_name = users.system_name
        and schools.school_code = users.school_code
