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

criteria as (
    select * from {{ ref('dim_site_criterion') }}
),

checked as (
    select
        checks.school_code,
        checks.check_date,
        sum(checks.score) as score_sum,
        sum(case when checks.is_applicable then checks.max_score end) as max_sum,
        sum(case when criteria.is_quality_information then checks.score end) as quality_score_sum,
        sum(case when criteria.is_quality_information and checks.is_applicable then checks.max_score end) as quality_max_sum
    from checks
    inner join criteria on checks.criterion_code = criteria.criterion_code
    group by checks.school_code, checks.check_date
),

ranked as (
    select
        dates.as_of_date,
        dates.is_run_date,
        checked.*,
        row_number() over (partition by dates.as_of_date, checked.school_code order by checked.check_date desc) as place
    from dates
    inner join schools on dates.as_of_date between schools.valid_from and schools.valid_to
    inner join checked
        on
            schools.school_code = checked.school_code
            and checked.check_date <= dates.as_of_date
            and checked.check_date >= {{ add_years('dates.as_of_date', '-' ~ parameter('site_check_years')) }}
)

select
    as_of_date,
    is_run_date,
    school_code,
    check_date,
    score_sum,
    max_sum,
    quality_score_sum,
    quality_max_sum
from ranked
where place = 1
