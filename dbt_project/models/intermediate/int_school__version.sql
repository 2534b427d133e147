-- Grain: one row per school code and start of validity; versions of one school do not overlap.
with schools as (
    select * from {{ ref('stg_schools__school') }}
),

followed as (
    select
        *,
        lead(valid_from) over (partition by school_code order by valid_from) as next_from
    from schools
)

select
    school_code,
    school_login,
    school_name,
    full_name,
    full_name_key,
    short_name,
    short_name_key,
    inn,
    ogrn,
    school_kind,
    oktmo,
    settlement_type,
    successor_code,
    valid_from,
    case when next_from <= valid_to then {{ add_days('next_from', -1) }} else valid_to end as valid_to,
    next_from is null as is_last
from followed
