-- Grain: one row per day on which registers are evaluated.
with protocols as (
    select * from {{ ref('fct_exam_result') }}
),

form_results as (
    select * from {{ ref('fct_ege_school_result') }}
),

employments as (
    select * from {{ ref('fct_staff_employment') }}
),

decisions as (
    select * from {{ ref('fct_attestation_decision') }}
),

completions as (
    select * from {{ ref('fct_pd_completion') }}
),

certificates as (
    select * from {{ ref('fct_certificate_event') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

exam_years as (
    select exam_year as year_number
    from protocols
    union
    select exam_year as year_number
    from form_results
),

register_days as (
    select valid_from as register_day
    from employments
    union
    select decision_date as register_day
    from decisions
    union
    select issue_date as register_day
    from completions
    where issue_date is not null
    union
    select status_date as register_day
    from certificates
),

-- the registers' own dates only where there is no exam
years as (
    select year_number
    from exam_years
    union
    select {{ year_of('register_day') }} as year_number
    from register_days
    where not exists (select 1 from exam_years)
),

bounds as (
    select
        min(year_number) as first_year,
        max(year_number) as last_year
    from years
),

every_year as (
    select {{ series('first_year', 'last_year') }} as year_number
    from bounds
    where first_year is not null
),

days as (
    select {{ day_of_year('year_number', "'01-01'") }} as as_of_date
    from every_year
    union
    select {{ day_of_year('year_number', "'09-01'") }} as as_of_date
    from every_year
    union
    select as_of as as_of_date
    from region
)

select
    days.as_of_date,
    days.as_of_date = region.as_of as is_run_date
from days
inner join region on days.as_of_date <= region.as_of
