-- Grain: one row per as-of date and certificate known by then, in the state of its latest event.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

events as (
    select * from {{ ref('fct_certificate_event') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

ranked as (
    select
        dates.as_of_date,
        dates.is_run_date,
        events.certificate_number,
        events.registration_date,
        events.school_code,
        events.standard,
        events.is_quality_standard,
        events.scope,
        events.certification_body,
        events.valid_from,
        events.valid_to,
        events.status,
        events.status_date,
        events.is_active_status,
        row_number() over (
            partition by dates.as_of_date, events.certificate_number, events.registration_date
            order by events.status_date desc, events.same_day_rank desc
        ) as place
    from dates
    inner join events on dates.as_of_date >= events.status_date
)

select
    ranked.as_of_date,
    ranked.is_run_date,
    ranked.certificate_number,
    ranked.registration_date,
    coalesce(attribution.attributed_code, ranked.school_code) as school_code,
    ranked.standard,
    ranked.is_quality_standard,
    ranked.scope,
    ranked.certification_body,
    ranked.valid_from,
    ranked.valid_to,
    ranked.status,
    ranked.status_date,
    ranked.is_quality_standard
    and ranked.is_active_status
    and ranked.as_of_date between ranked.valid_from and ranked.valid_to as is_active
from ranked
left join attribution
    on
        ranked.school_code = attribution.school_code
        and ranked.as_of_date between attribution.valid_from and attribution.valid_to
where ranked.place = 1
