-- Grain: one row per certificate of accreditation in the open register.
with source as (
    select * from {{ current_rows('accreditation') }} as rows_that_count
)

select
    certificate_id,
    is_federal,
    status,
    certificate_type,
    region_name,
    region_code,
    registration_number,
    issue_date,
    end_date,
    control_organ,
    organisation_name,
    organisation_short_name,
    inn,
    ogrn
from source
