-- Grain: one row per code of the classifier and start of validity.
with versions as (
    select * from {{ ref('int_oktmo__version') }}
),

conversions as (
    select * from {{ ref('bridge_oktmo_conversion') }}
),

-- a district ends on the eve of its conversion, not of the edition that tells of it
ended as (
    select
        versions.*,
        substring(versions.code, 3, 1) as municipal_digit,
        substring(versions.code, 6, 1) as settlement_digit,
        case
            when conversions.converted_on <= versions.valid_to then {{ add_days('conversions.converted_on', -1) }}
            else versions.valid_to
        end as ends_on
    from versions
    left join conversions on versions.code = conversions.old_oktmo
),

placed as (
    select
        *,
        case
            when length(code) = 11 then 'населённый пункт'
            when substring(code, 3) = '000000' then 'регион'
            when substring(code, 6) <> '000' and substring(code, 7) = '00' then 'группа'
            when substring(code, 6) <> '000' then 'поселение'
            when substring(code, 4, 2) = '00' then 'группа'
            when entry_name like 'Муниципальные %' or entry_name like 'Городские %' then 'группа'
            else 'муниципалитет'
        end as entry_level
    from ended
)

select
    code,
    entry_name,
    centre,
    entry_level,
    case
        when entry_level = 'муниципалитет' and municipal_digit = '3' then 'внутригородская территория'
        when entry_level = 'муниципалитет' and municipal_digit = '5' then 'муниципальный округ'
        when entry_level = 'муниципалитет' and municipal_digit = '6' then 'муниципальный район'
        when entry_level = 'муниципалитет' and municipal_digit = '7' then 'городской округ'
        when entry_level = 'поселение' and settlement_digit = '1' then 'городское поселение'
        when entry_level = 'поселение' and settlement_digit = '3' then 'внутригородской район'
        when entry_level = 'поселение' and settlement_digit = '4' then 'сельское поселение'
        when entry_level = 'поселение' and settlement_digit = '7' then 'межселенная территория'
    end as municipality_kind,
    control_digit,
    substring(code, 1, 8) as oktmo,
    valid_from,
    ends_on as valid_to
from placed
where valid_from <= ends_on
