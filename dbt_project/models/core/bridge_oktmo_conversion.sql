-- Grain: one row per municipal district that the classifier turned into a municipal округ: the old code and the new one.
with versions as (
    select * from {{ ref('int_oktmo__version') }}
),

municipalities as (
    select * from {{ ref('stg_municipalities__municipality') }}
),

-- the third digit says what a municipality is; the rest of the code stays
districts as (
    select
        code,
        substring(code, 1, 2) || '5' || substring(code, 4) as next_code,
        max(last_edition) as last_edition
    from versions
    where length(code) = 8 and substring(code, 3, 1) = '6' and substring(code, 6) = '000' and substring(code, 4, 2) <> '00'
    group by code
),

okrugs as (
    select
        code,
        min(first_edition) as first_edition,
        min(valid_from) as valid_from
    from versions
    group by code
),

known as (
    select
        oktmo,
        max(municipality_code) as municipality_code
    from municipalities
    group by oktmo
)

select
    districts.code as old_oktmo,
    okrugs.code as new_oktmo,
    okrugs.valid_from as converted_on,
    coalesce(old.municipality_code, new.municipality_code) as municipality_code
from districts
inner join okrugs on districts.next_code = okrugs.code and districts.last_edition < okrugs.first_edition
left join known as old on districts.code = old.oktmo
left join known as new on okrugs.code = new.oktmo
