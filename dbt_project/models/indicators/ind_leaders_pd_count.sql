-- Grain: one row per as-of date, school and person who got a document on quality management as its head, since the project began.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

employments as (
    select * from {{ ref('fct_staff_employment') }}
),

completions as (
    select * from {{ ref('fct_pd_completion') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

-- on the day of the document: who left the post later has been taught all the same
taught as (
    select
        completions.person_id,
        employments.school_code,
        min(completions.issue_date) as issue_date
    from completions
    inner join employments
        on
            completions.person_id = employments.person_id
            and completions.issue_date between employments.valid_from and employments.valid_to
    where
        completions.is_quality_management
        and completions.hours >= {{ parameter('pd_min_hours') }}
        and completions.issue_date >= cast({{ parameter('project_start', as_text=true) }} as date)
        and employments.position_group = 'руководитель'
    group by completions.person_id, employments.school_code
)

select distinct
    taught.person_id as unit_id,
    cast(1 as bigint) as units,
    coalesce(attribution.attributed_code, taught.school_code) as member_code,
    '' as class_name,
    dates.as_of_date as event_date,
    cast(dates.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(1 as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from dates
inner join taught on dates.as_of_date >= taught.issue_date
left join attribution
    on
        taught.school_code = attribution.school_code
        and dates.as_of_date between attribution.valid_from and attribution.valid_to
