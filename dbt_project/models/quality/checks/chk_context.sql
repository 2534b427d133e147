-- Grain: one row per wording of a passport that nobody knows and academic year, and per figure of a passport that contradicts itself.
with passports as (
    select * from {{ ref('fct_context_passport') }}
),

schools as (
    select * from {{ ref('dim_school') }}
    where is_current
)

select
    'context_wording_unknown' as rule_code,
    'context' as source,
    academic_year as period,
    cast(null as text) as entity_code,
    cast(null as text) as entity_name,
    cast(null as text) as subject_code,
    cast(count(*) as double precision) as value,
    cast(null as double precision) as expected,
    'Показатель паспорта «' || min(indicator) || '» не описан: строк ' || cast(count(*) as text)
    || ', они ни во что не входят' as message_ru,
    min(file_name) as file_name,
    min(row_number) as row_number
from passports
where component_code is null
group by academic_year, indicator_key
union all
select
    'context_part_over_whole' as rule_code,
    'context' as source,
    passports.academic_year as period,
    passports.school_code as entity_code,
    schools.school_name as entity_name,
    cast(null as text) as subject_code,
    passports.value,
    cast(null as double precision) as expected,
    'Показатель паспорта «' || passports.indicator || '» больше целого или не с чем сравнить' as message_ru,
    passports.file_name,
    passports.row_number
from passports
left join schools on passports.school_code = schools.school_code
where passports.component_code <> 'pupils' and passports.share is null
