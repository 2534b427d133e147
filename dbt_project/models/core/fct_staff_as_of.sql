-- Grain: one row per as-of date, person, school that counts them and group of positions.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

employments as (
    select * from {{ ref('fct_staff_employment') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

decisions as (
    select * from {{ ref('fct_attestation_decision') }}
),

completions as (
    select * from {{ ref('fct_pd_completion') }}
),

ladder as (
    select * from {{ ref('dim_qual_category') }}
    where is_on_ladder
),

employed as (
    select
        dates.as_of_date,
        employments.person_id,
        coalesce(attribution.attributed_code, employments.school_code) as school_code,
        employments.position_group,
        bool_or(employments.is_main_job is distinct from false) as is_main_job
    from dates
    inner join employments on dates.as_of_date between employments.valid_from and employments.valid_to
    left join attribution
        on
            employments.school_code = attribution.school_code
            and dates.as_of_date between attribution.valid_from and attribution.valid_to
    group by
        dates.as_of_date,
        employments.person_id,
        coalesce(attribution.attributed_code, employments.school_code),
        employments.position_group
),

categories as (
    select
        dates.as_of_date,
        decisions.person_id,
        max(decisions.ladder_rank) as ladder_rank,
        bool_or(decisions.category = 'педагог-методист') as is_methodist,
        bool_or(decisions.category = 'педагог-наставник') as is_mentor
    from dates
    inner join decisions
        on dates.as_of_date between decisions.decision_date and decisions.valid_to
    where decisions.is_granted
    group by dates.as_of_date, decisions.person_id
),

documents as (
    select
        dates.as_of_date,
        completions.person_id,
        bool_or(
            completions.issue_date > {{ add_years('dates.as_of_date', '-' ~ parameter('pd_years')) }}
        ) as has_recent_pd,
        max(case when completions.is_quality_management then completions.issue_date end) as quality_management_pd_date
    from dates
    inner join completions on dates.as_of_date >= completions.issue_date
    where completions.hours >= {{ parameter('pd_min_hours') }}
    group by dates.as_of_date, completions.person_id
)

select
    employed.as_of_date,
    employed.person_id,
    employed.school_code,
    employed.position_group,
    employed.is_main_job,
    categories.ladder_rank,
    ladder.category as ladder_category,
    coalesce(categories.is_methodist, false) as is_methodist,
    coalesce(categories.is_mentor, false) as is_mentor,
    coalesce(documents.has_recent_pd, false) as has_recent_pd,
    documents.quality_management_pd_date
from employed
left join categories on employed.as_of_date = categories.as_of_date and employed.person_id = categories.person_id
left join ladder on categories.ladder_rank = ladder.ladder_rank
left join documents on employed.as_of_date = documents.as_of_date and employed.person_id = documents.person_id
