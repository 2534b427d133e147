-- Grain: one row per level, entity and start of validity; `name_from`–`name_to` has no gaps, so every day has a name.
with schools as (
    select * from {{ ref('dim_school') }}
),

municipalities as (
    select * from {{ ref('dim_municipality') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

entities as (
    select
        'school' as level,
        school_code as entity_code,
        school_name as entity_name,
        valid_from,
        valid_to
    from schools
    union all
    select
        'municipality' as level,
        municipality_code as entity_code,
        municipality_name as entity_name,
        valid_from,
        valid_to
    from municipalities
    union all
    select
        'region' as level,
        region_code as entity_code,
        region_name as entity_name,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    from region
)

select
    level,
    entity_code,
    entity_name,
    valid_from,
    valid_to,
    case when row_number() over versions = 1 then {{ first_day() }} else valid_from end as name_from,
    coalesce({{ add_days('lead(valid_from) over versions', -1) }}, {{ last_day() }}) as name_to
from entities
window versions as (partition by level, entity_code order by valid_from)
