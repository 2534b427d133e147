-- Grain: one row per code of the classifier and edition since which it is called so.
with entries as (
    select
        *,
        substring(code, 1, 2) || '/' || cast(length(code) as text) as part
    from {{ ref('stg_oktmo__entry') }}
),

regions as (
    select
        edition,
        substring(code, 1, 2) as region_prefix
    from entries
    where substring(code, 3) = '000000'
),

parts as (
    select distinct
        entries.edition,
        entries.edition_date,
        entries.file_name,
        entries.part
    from entries
    inner join regions on entries.edition = regions.edition and substring(entries.code, 1, 2) = regions.region_prefix
),

-- an edition is whole for a region whose own row it has: for its municipalities, and for its settlements (11 digits) if it lists any;
-- an extract says nothing about what it leaves out
whole as (
    select
        *,
        row_number() over (partition by part order by edition_date, {{ byte_order('file_name') }}, edition) as edition_number
    from parts
),

placed as (
    select
        entries.*,
        whole.edition_number
    from entries
    inner join whole on entries.edition = whole.edition and entries.part = whole.part
),

compared as (
    select
        *,
        lag(edition_number) over (partition by code order by edition_number) as number_before,
        lag(entry_name) over (partition by code order by edition_number) as name_before
    from placed
),

counted as (
    select
        *,
        sum(case when number_before = edition_number - 1 and name_before = entry_name then 0 else 1 end) over (
            partition by code
            order by edition_number
            rows between unbounded preceding and current row
        ) as version_number
    from compared
),

versions as (
    select
        part,
        code,
        version_number,
        max(entry_name) as entry_name,
        max(centre) as centre,
        max(control_digit) as control_digit,
        min(starts_on) as starts_on,
        min(edition_number) as first_edition,
        max(edition_number) as last_edition
    from counted
    group by part, code, version_number
),

dated as (
    select
        versions.*,
        case
            when versions.version_number = 1 and versions.starts_on is not null then versions.starts_on
            when versions.first_edition = 1 then {{ first_day() }}
            else began.edition_date
        end as valid_from,
        coalesce({{ add_days('ended.edition_date', -1) }}, {{ last_day() }}) as valid_to
    from versions
    inner join whole as began on versions.part = began.part and versions.first_edition = began.edition_number
    left join whole as ended on versions.part = ended.part and versions.last_edition + 1 = ended.edition_number
),

extracted as (
    select
        entries.code,
        max(entries.entry_name) as entry_name,
        max(entries.centre) as centre,
        max(entries.control_digit) as control_digit,
        coalesce(min(entries.starts_on), {{ first_day() }}) as valid_from
    from entries
    left join versions on entries.code = versions.code
    where versions.code is null
    group by entries.code
)

select
    code,
    entry_name,
    centre,
    control_digit,
    first_edition,
    last_edition,
    valid_from,
    valid_to
from dated
where valid_from <= valid_to
union all
select
    code,
    entry_name,
    centre,
    control_digit,
    cast(null as bigint) as first_edition,
    cast(null as bigint) as last_edition,
    valid_from,
    {{ last_day() }} as valid_to
from extracted
