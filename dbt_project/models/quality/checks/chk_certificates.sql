-- Grain: one row per certificate in force on the day of the refresh whose standard is no longer valid or whose scope names no education.
with states as (
    select * from {{ ref('fct_certificate_as_of') }}
    where is_run_date and is_active
),

standards as (
    select * from {{ ref('dim_standard') }}
),

events as (
    select * from {{ ref('fct_certificate_event') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
    where level = 'school'
),

faults as (
    select
        'certificate_withdrawn_edition' as rule_code,
        'Сертификат ' || states.certificate_number || ': редакция стандарта ' || states.standard || ' отменена' as message_ru,
        states.*
    from states
    inner join standards on states.standard = standards.standard
    where
        standards.is_withdrawn_edition
        and states.as_of_date >= cast({{ parameter('withdrawn_standard_day', as_text=true) }} as date)
    union all
    select
        'certificate_scope' as rule_code,
        'Сертификат ' || certificate_number || ': область сертификации «' || scope || '» не называет образования' as message_ru,
        states.*
    from states
    where scope not like '%бразова%' and scope not like '%бучени%'
)

select
    faults.rule_code,
    'certificates' as source,
    cast(faults.as_of_date as text) as period,
    faults.school_code as entity_code,
    entities.entity_name,
    cast(null as text) as subject_code,
    cast(null as double precision) as value,
    cast(null as double precision) as expected,
    faults.message_ru,
    events.file_name,
    events.row_number
from faults
inner join events
    on
        faults.certificate_number = events.certificate_number
        and faults.registration_date = events.registration_date
        and faults.status = events.status
        and faults.status_date = events.status_date
left join entities
    on
        faults.school_code = entities.entity_code
        and faults.as_of_date between entities.name_from and entities.name_to
