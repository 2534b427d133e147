-- Grain: one row per as-of date and school valid on it whose site was checked: its latest check by then, unless that is too old.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

schools as (
    select * from {{ ref('dim_school') }}
),

checks as (
    select * from {{ ref('fct_site_check') }}
),

checked as (
    select
        school_code,
        check_date,
        next_check_date,
        sum(score) as score_sum,
        sum(case when is_applicable then max_score end) as max_sum,
        sum(case when is_quality_information then score end) as quality_score_sum,
        sum(case when is_quality_information and is_applicable then max_score end) as quality_max_sum
    from checks
    group by school_code, check_date, next_check_date
)

select
    dates.as_of_date,
    dates.is_run_date,
    checked.school_code,
    checked.check_date,
    checked.score_sum,
    checked.max_sum,
    checked.quality_score_sum,
    checked.quality_max_sum
from dates
inner join schools on dates.as_of_date between schools.valid_from and schools.valid_to
inner join checked
    on
        schools.school_code = checked.school_code
        and dates.as_of_date >= checked.check_date
        and {{ add_years('dates.as_of_date', '-' ~ parameter('site_check_years')) }} <= checked.check_date
        and (checked.next_check_date is null or dates.as_of_date < checked.next_check_date)
