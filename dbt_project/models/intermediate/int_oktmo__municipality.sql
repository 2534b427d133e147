-- Grain: one row per ОКТМО and start of the time when it belonged to this permanent code; unknown ones get a provisional code.
with municipalities as (
    select * from {{ ref('stg_municipalities__municipality') }}
),

schools as (
    select * from {{ ref('int_school__version') }}
),

known as (
    {{ timeline('municipalities', 'oktmo', 'municipality_code') }}
),

unknown as (
    select distinct schools.oktmo
    from schools
    left join known on schools.oktmo = known.oktmo
    where known.oktmo is null
)

select
    oktmo,
    municipality_code,
    valid_from,
    valid_to,
    false as is_provisional
from known
where valid_from <= valid_to
union all
select
    oktmo,
    'pm-' || substring({{ sha256_hex('oktmo') }}, 1, 10) as municipality_code,
    {{ first_day() }} as valid_from,
    {{ last_day() }} as valid_to,
    true as is_provisional
from unknown
