-- Grain: one row per certificate, as it stands on the day of the refresh.
with states as (
    select
        *,
        as_of_date as name_day
    from {{ ref('fct_certificate_as_of') }}
    where is_run_date
),

placed as (
    {{ school_placed('states') }}
)

select
    certificate_number,
    school_code,
    school_name,
    school_title,
    municipality_code,
    municipality_name,
    standard,
    scope,
    certification_body,
    valid_from,
    valid_to,
    status,
    status_date,
    is_active,
    {{ days_between('valid_to', 'as_of_date') }} as days_to_expiry,
    is_active
    and {{ days_between('valid_to', 'as_of_date') }} <= {{ parameter('expiring_days') }} as is_expiring
from placed
