-- Grain: one row per school, level, entity and start of membership.
-- A school always belongs somewhere, before its opening and after its closing too: no result is lost for want of a place.
with schools as (
    select * from {{ ref('dim_school') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

codes as (
    select distinct school_code
    from schools
),

school_oktmo as (
    {{ timeline('schools', 'school_code', 'oktmo') }}
)

select
    'school' as level,
    school_code as entity_code,
    school_code,
    {{ first_day() }} as valid_from,
    {{ last_day() }} as valid_to
from codes
union all
select
    'municipality' as level,
    oktmo_municipality.municipality_code as entity_code,
    school_oktmo.school_code,
    greatest(school_oktmo.valid_from, oktmo_municipality.valid_from) as valid_from,
    least(school_oktmo.valid_to, oktmo_municipality.valid_to) as valid_to
from school_oktmo
inner join oktmo_municipality
    on
        school_oktmo.oktmo = oktmo_municipality.oktmo
        and school_oktmo.valid_from <= oktmo_municipality.valid_to
        and school_oktmo.valid_to >= oktmo_municipality.valid_from
where school_oktmo.valid_from <= school_oktmo.valid_to
union all
select
    'municipality' as level,
    municipality_code as entity_code,
    school_code,
    {{ first_day() }} as valid_from,
    {{ last_day() }} as valid_to
from schools
where is_provisional
union all
select
    'region' as level,
    region.region_code as entity_code,
    codes.school_code,
    {{ first_day() }} as valid_from,
    {{ last_day() }} as valid_to
from codes
cross join region
