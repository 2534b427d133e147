-- Grain: one row per school code and start of validity.
with source as (
    select * from {{ current_rows('schools') }} as rows_that_count
)

select
    school_code,
    school_login,
    full_name,
    full_name_key,
    short_name,
    short_name_key,
    coalesce(short_name, full_name) as school_name,
    inn,
    ogrn,
    school_kind,
    oktmo,
    settlement_type,
    valid_from,
    coalesce(valid_to, {{ last_day() }}) as valid_to,
    successor_code
from source
