-- Grain: one row per ОКТМО and start of validity.
with source as (
    select * from {{ current_rows('municipalities') }} as rows_that_count
)

select
    oktmo,
    municipality_code,
    name as municipality_name,
    name_key as municipality_name_key,
    kind as municipality_kind,
    region_code,
    msu_code,
    valid_from,
    coalesce(valid_to, {{ last_day() }}) as valid_to
from source
