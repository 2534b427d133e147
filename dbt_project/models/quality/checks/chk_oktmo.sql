-- Grain: one row per finding about codes of municipalities and the classifier ОКТМО, where it is loaded for their region.
with municipalities as (
    select * from {{ ref('stg_municipalities__municipality') }}
),

schools as (
    select * from {{ ref('dim_school') }}
),

classifier as (
    select * from {{ ref('dim_oktmo') }}
),

conversions as (
    select * from {{ ref('bridge_oktmo_conversion') }}
),

run as (
    select * from {{ ref('stg_oko__run') }}
),

covered as (
    select distinct substring(code, 1, 2) as region_prefix
    from classifier
    where entry_level = 'регион'
),

codes as (
    select distinct code
    from classifier
),

dated as (
    select
        *,
        row_number() over (partition by municipality_code order by valid_from desc, oktmo desc) as place
    from municipalities
),

present as (
    select
        municipality_code,
        municipality_name,
        oktmo
    from dated
    where place = 1
),

used as (
    select
        'municipalities' as source,
        municipality_code as entity_code,
        municipality_name as entity_name,
        oktmo
    from present
    union all
    select
        'schools' as source,
        school_code as entity_code,
        school_name as entity_name,
        oktmo
    from schools
    where is_current and not is_provisional
),

unknown as (
    select
        used.*,
        okrugs.code as okrug
    from used
    inner join covered on substring(used.oktmo, 1, 2) = covered.region_prefix
    left join codes on used.oktmo = codes.code
    left join codes as okrugs on substring(used.oktmo, 1, 2) || '5' || substring(used.oktmo, 4) = okrugs.code
    where codes.code is null
),

faults as (
    select
        'oktmo_not_in_classifier' as rule_code,
        source,
        entity_code,
        entity_name,
        entity_name || ': кода ОКТМО ' || oktmo || ' нет в загруженном классификаторе'
        || coalesce('; в нём есть ' || okrug || ', район мог стать округом', '') as message_ru
    from unknown
    union all
    select
        'oktmo_conversion_not_followed' as rule_code,
        'municipalities' as source,
        present.municipality_code as entity_code,
        present.municipality_name as entity_name,
        present.municipality_name || ': по классификатору район стал округом, код ' || conversions.old_oktmo || ' сменился на '
        || conversions.new_oktmo || ' с ' || {{ day_ru('conversions.converted_on') }} || ', а в справочнике прежний код' as message_ru
    from present
    inner join conversions on present.oktmo = conversions.old_oktmo
    inner join run on conversions.converted_on <= run.as_of
)

select
    rule_code,
    source,
    cast(null as text) as period,
    entity_code,
    entity_name,
    cast(null as text) as subject_code,
    cast(null as double precision) as value,
    cast(null as double precision) as expected,
    message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from faults
