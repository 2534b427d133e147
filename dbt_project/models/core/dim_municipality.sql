-- Grain: one row per permanent municipality code and start of validity (SCD2).
with municipalities as (
    select * from {{ ref('stg_municipalities__municipality') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
),

form_names as (
    select * from {{ ref('int_school__form_match') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

followed as (
    select
        *,
        lead(valid_from) over (partition by municipality_code order by valid_from, oktmo) as next_from
    from municipalities
),

registered as (
    select
        municipality_code,
        municipality_name,
        municipality_kind,
        oktmo,
        msu_code,
        region_code,
        false as is_provisional,
        valid_from,
        case when next_from <= valid_to then {{ add_days('next_from', -1) }} else valid_to end as valid_to
    from followed
),

named as (
    select
        municipality_code,
        municipality_name,
        row_number() over (partition by municipality_code order by exam_year desc, municipality_name asc) as place
    from form_names
    where is_provisional and municipality_code like 'pm-%'
),

provisional as (
    select
        municipality_code,
        coalesce(municipality_name, 'Муниципалитет не указан') as municipality_name,
        cast(null as text) as oktmo
    from named
    where place = 1
    union all
    select
        municipality_code,
        'ОКТМО ' || oktmo as municipality_name,
        oktmo
    from oktmo_municipality
    where is_provisional
)

select
    municipality_code,
    municipality_name,
    municipality_kind,
    oktmo,
    msu_code,
    region_code,
    is_provisional,
    valid_from,
    valid_to
from registered
where valid_from <= valid_to
union all
select
    provisional.municipality_code,
    provisional.municipality_name,
    cast(null as text) as municipality_kind,
    provisional.oktmo,
    cast(null as text) as msu_code,
    region.region_code,
    true as is_provisional,
    {{ first_day() }} as valid_from,
    {{ last_day() }} as valid_to
from provisional
cross join region
