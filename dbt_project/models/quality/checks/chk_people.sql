-- Grain: one row per fault between registers of people: of a file, or of a document that two of them name.
with employments as (
    select * from {{ ref('fct_staff_employment') }}
),

decisions as (
    select * from {{ ref('fct_attestation_decision') }}
),

courses as (
    select * from {{ ref('stg_pd_courses__completion') }}
),

documents as (
    select * from {{ ref('stg_frdo__document') }}
),

employed as (
    select distinct person_id
    from employments
),

unknown as (
    select
        decisions.file_name,
        min(decisions.row_number) as row_number,
        count(distinct decisions.person_id) as people
    from decisions
    left join employed on decisions.person_id = employed.person_id
    where employed.person_id is null and exists (select 1 from employments)
    group by decisions.file_name
),

-- a list of courses may name a document by its number alone or with its series
names as (
    select
        document_id as name,
        document_id
    from documents
    union
    select
        document_full_id as name,
        document_id
    from documents
    where document_full_id is not null
),

frdo_years as (
    select distinct {{ year_of('issue_date') }} as issue_year
    from documents
    where issue_date is not null
),

absent as (
    select
        courses.file_name,
        {{ year_of('courses.issue_date') }} as issue_year,
        min(courses.row_number) as row_number,
        count(*) as documents
    from courses
    inner join frdo_years on {{ year_of('courses.issue_date') }} = frdo_years.issue_year
    left join names on courses.document_id = names.name
    where names.name is null
    group by courses.file_name, {{ year_of('courses.issue_date') }}
),

-- what a correction or a duplicate says otherwise is no fault of the list
differing as (
    select
        courses.file_name,
        courses.row_number,
        courses.issue_date,
        courses.hours,
        documents.hours as frdo_hours,
        case
            when courses.person_id <> documents.person_id then 'разных людей'
            when courses.hours <> documents.hours
                then 'разные часы: ' || {{ number_ru('courses.hours') }} || ' и ' || {{ number_ru('documents.hours') }}
            when courses.issue_date <> documents.issue_date
                then 'разные даты выдачи: ' || {{ day_ru('courses.issue_date') }} || ' и ' || {{ day_ru('documents.issue_date') }}
        end as said_ru
    from courses
    inner join names on courses.document_id = names.name
    inner join documents on names.document_id = documents.document_id
    where not documents.is_duplicate and not documents.is_correction
)

select
    'attestation_people_unknown' as rule_code,
    'attestation' as source,
    cast(null as text) as period,
    cast(null as text) as entity_code,
    cast(null as text) as entity_name,
    cast(null as text) as subject_code,
    cast(people as double precision) as value,
    cast(0 as double precision) as expected,
    'Людей с решением об аттестации, которых нет в сведениях о кадрах: ' || cast(people as text) as message_ru,
    file_name,
    row_number
from unknown
union all
select
    'courses_not_in_frdo' as rule_code,
    'pd_courses' as source,
    cast(issue_year as text) as period,
    cast(null as text) as entity_code,
    cast(null as text) as entity_name,
    cast(null as text) as subject_code,
    cast(documents as double precision) as value,
    cast(0 as double precision) as expected,
    'Документов списка, выданных в ' || cast(issue_year as text) || ' году, которых нет в ФИС ФРДО: '
    || cast(documents as text) as message_ru,
    file_name,
    row_number
from absent
union all
select
    'courses_frdo_differ' as rule_code,
    'pd_courses' as source,
    cast({{ year_of('issue_date') }} as text) as period,
    cast(null as text) as entity_code,
    cast(null as text) as entity_name,
    cast(null as text) as subject_code,
    hours as value,
    frdo_hours as expected,
    'Об одном документе список курсов и ФИС ФРДО называют ' || said_ru as message_ru,
    file_name,
    row_number
from differing
where said_ru is not null
