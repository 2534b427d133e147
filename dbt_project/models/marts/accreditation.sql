-- Grain: one row per certificate of state accreditation of a school of the region, with the school's name on the day of the refresh.
with certificates as (
    select
        certificates.*,
        dates.as_of_date as name_day
    from {{ ref('fct_accreditation') }} as certificates
    cross join {{ ref('dim_as_of_date') }} as dates
    where dates.is_run_date and certificates.school_code is not null
),

placed as (
    {{ school_placed('certificates') }}
)

select
    certificate_id,
    registration_number,
    school_code,
    school_name,
    school_title,
    municipality_code,
    municipality_name,
    certificate_type,
    status,
    issue_date,
    end_date,
    {{ days_between('end_date', 'name_day') }} as days_to_end
from placed
