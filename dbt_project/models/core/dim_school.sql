-- Grain: one row per school code and start of validity (SCD2), schools known by name only included.
with versions as (
    select * from {{ ref('int_school__version') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
),

form_names as (
    select * from {{ ref('int_school__form_match') }}
),

named as (
    select
        school_code,
        school_name,
        municipality_code,
        min(exam_year) over (partition by school_code) as first_year,
        row_number() over (partition by school_code order by exam_year desc, school_name asc) as place
    from form_names
    where is_provisional
)

select
    versions.school_code,
    versions.school_name,
    versions.full_name,
    versions.school_login,
    versions.inn,
    versions.ogrn,
    versions.school_kind,
    versions.settlement_type,
    versions.oktmo,
    oktmo_municipality.municipality_code,
    versions.successor_code,
    false as is_provisional,
    versions.is_last as is_current,
    versions.valid_from,
    versions.valid_to
from versions
left join oktmo_municipality
    on
        versions.oktmo = oktmo_municipality.oktmo
        and versions.valid_to between oktmo_municipality.valid_from and oktmo_municipality.valid_to
where versions.valid_from <= versions.valid_to
union all
select
    school_code,
    coalesce(school_name, 'Школа не указана') as school_name,
    school_name as full_name,
    cast(null as text) as school_login,
    cast(null as text) as inn,
    cast(null as text) as ogrn,
    cast(null as text) as school_kind,
    cast(null as text) as settlement_type,
    cast(null as text) as oktmo,
    municipality_code,
    cast(null as text) as successor_code,
    true as is_provisional,
    true as is_current,
    {{ day_of_year('first_year', "'01-01'") }} as valid_from,
    {{ last_day() }} as valid_to
from named
where place = 1
