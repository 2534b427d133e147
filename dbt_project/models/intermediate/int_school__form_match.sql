-- Grain: one row per year, municipality name, school name and number among homonyms of the forms that know schools by name only.
with results as (
    select * from {{ ref('stg_ege_by_school__result') }}
),

applications as (
    select * from {{ ref('stg_ege_by_school__application') }}
),

municipalities as (
    select * from {{ ref('stg_municipalities__municipality') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
),

versions as (
    select * from {{ ref('int_school__version') }}
),

aliases as (
    select * from {{ ref('stg_school_aliases__alias') }}
),

written as (
    select
        exam_year,
        municipality_name_key,
        school_name_key,
        homonym,
        municipality_name,
        school_name
    from results
    where not is_total
    union all
    select
        exam_year,
        municipality_name_key,
        school_name_key,
        homonym,
        municipality_name,
        school_name
    from applications
    where not is_total
),

names as (
    select
        exam_year,
        municipality_name_key,
        school_name_key,
        homonym,
        case when homonym > 1 then '|' || cast(homonym as text) else '' end as homonym_suffix,
        max(municipality_name) as municipality_name,
        max(school_name) as school_name
    from written
    group by exam_year, municipality_name_key, school_name_key, homonym
),

-- a name that several schools of a form share says nothing of which one it is
clear_names as (
    select
        exam_year,
        municipality_name_key,
        school_name_key,
        {{ day_of_year('exam_year', parameter('ege_form_day', as_text=true)) }} as form_day
    from names
    group by exam_year, municipality_name_key, school_name_key
    having count(*) = 1
),

municipality_names as (
    select distinct
        municipality_name_key,
        municipality_code
    from municipalities
),

-- a name that two municipalities share names neither
clear_municipalities as (
    select
        municipality_name_key,
        min(municipality_code) as municipality_code
    from municipality_names
    group by municipality_name_key
    having count(*) = 1
),

school_names as (
    select
        school_code,
        oktmo,
        full_name_key as school_name_key,
        valid_from,
        valid_to
    from versions
    union all
    select
        school_code,
        oktmo,
        short_name_key as school_name_key,
        valid_from,
        valid_to
    from versions
),

candidates as (
    select
        clear_names.exam_year,
        clear_names.municipality_name_key,
        clear_names.school_name_key,
        school_names.school_code,
        max(case when clear_names.form_day between school_names.valid_from and school_names.valid_to then 1 else 0 end) as is_valid
    from clear_names
    inner join municipality_names on clear_names.municipality_name_key = municipality_names.municipality_name_key
    inner join oktmo_municipality on municipality_names.municipality_code = oktmo_municipality.municipality_code
    inner join school_names
        on oktmo_municipality.oktmo = school_names.oktmo and clear_names.school_name_key = school_names.school_name_key
    group by clear_names.exam_year, clear_names.municipality_name_key, clear_names.school_name_key, school_names.school_code
),

-- among the schools that were open in that year, else among all
ranked as (
    select
        *,
        dense_rank() over (partition by exam_year, municipality_name_key, school_name_key order by is_valid desc) as place
    from candidates
),

registered as (
    select
        exam_year,
        municipality_name_key,
        school_name_key,
        min(school_code) as school_code
    from ranked
    where place = 1
    group by exam_year, municipality_name_key, school_name_key
    having count(*) = 1
),

aliased as (
    select
        clear_names.exam_year,
        clear_names.municipality_name_key,
        clear_names.school_name_key,
        aliases.school_code,
        row_number() over (
            partition by clear_names.exam_year, clear_names.municipality_name_key, clear_names.school_name_key
            order by case when aliases.municipality_name_key is null then 1 else 0 end
        ) as place
    from clear_names
    inner join aliases
        on
            clear_names.school_name_key = aliases.school_name_key
            and coalesce(aliases.municipality_name_key, clear_names.municipality_name_key) = clear_names.municipality_name_key
)

select
    names.exam_year,
    names.municipality_name_key,
    names.school_name_key,
    names.homonym,
    names.municipality_name,
    names.school_name,
    coalesce(
        registered.school_code,
        aliased.school_code,
        'p-' || substring(
            {{ sha256_hex("names.municipality_name_key || '|' || names.school_name_key || names.homonym_suffix") }}, 1, 10
        )
    ) as school_code,
    coalesce(
        clear_municipalities.municipality_code,
        'pm-' || substring({{ sha256_hex('names.municipality_name_key') }}, 1, 10)
    ) as municipality_code,
    registered.school_code is null and aliased.school_code is null as is_provisional
from names
left join clear_municipalities on names.municipality_name_key = clear_municipalities.municipality_name_key
left join registered
    on
        names.exam_year = registered.exam_year
        and names.municipality_name_key = registered.municipality_name_key
        and names.school_name_key = registered.school_name_key
left join aliased
    on
        names.exam_year = aliased.exam_year
        and names.municipality_name_key = aliased.municipality_name_key
        and names.school_name_key = aliased.school_name_key
        and aliased.place = 1
