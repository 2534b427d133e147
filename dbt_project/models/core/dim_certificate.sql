-- Grain: one row per certificate (number and date of registration), by its latest event.
with events as (
    select * from {{ ref('fct_certificate_event') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by certificate_number, registration_date
            order by status_date desc, same_day_rank desc
        ) as place
    from events
)

select
    certificate_number,
    registration_date,
    school_code,
    holder,
    standard,
    scope,
    certification_body,
    valid_from,
    valid_to,
    status as latest_status,
    status_date as latest_status_date
from ranked
where place = 1
