-- Grain: one row per school and start of validity: what rows of a municipality are told by.
select
    school_code,
    oktmo as municipality_code,
    valid_from,
    true as is_current
from {{ ref('stg_schools__school') }}
