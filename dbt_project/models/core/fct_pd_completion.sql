-- Grain: one row per course document, over the lists of courses and the ФИС ФРДО export.
with courses as (
    select * from {{ ref('stg_pd_courses__completion') }}
),

frdo as (
    select * from {{ ref('stg_frdo__document') }}
),

replacements as (
    select * from {{ ref('int_frdo__replacement') }}
),

topics as (
    select
        programme_key,
        max(case when upper(trim(topic)) = 'УКО' then 'УКО' else upper(trim(topic)) end) as topic,
        bool_or(upper(trim(topic)) = 'УКО') as is_quality_management
    from {{ ref('stg_programme_topics__topic') }}
    group by programme_key
),

-- the numbers by which a list of courses may name a document: its own, with its series, or that of one it replaces
names as (
    select
        first_document_id,
        document_id as name
    from replacements
    union
    select
        replacements.first_document_id,
        frdo.document_full_id as name
    from replacements
    inner join frdo on replacements.document_id = frdo.document_id
    where frdo.document_full_id is not null
    union
    select
        first_document_id,
        first_document_id as name
    from replacements
),

listed as (
    select
        names.first_document_id,
        min(courses.document_id) as document_id
    from names
    inner join courses on names.name = courses.document_id
    group by names.first_document_id
),

-- a list knows the topic; a correction says what is right, the original when it was, a duplicate only stands for it
documents as (
    select
        document_id,
        1 as preference,
        0 as replacements,
        'pd_courses' as origin,
        person_id,
        programme,
        programme_key,
        topic,
        coalesce(topic = 'УКО', false) as is_quality_management,
        hours,
        issue_date,
        file_name,
        row_number
    from courses
    union all
    select
        coalesce(listed.document_id, replacements.first_document_id) as document_id,
        case when frdo.is_correction then 2 when frdo.is_duplicate then 4 else 3 end as preference,
        replacements.replacements,
        'frdo' as origin,
        frdo.person_id,
        frdo.programme,
        frdo.programme_key,
        topics.topic,
        coalesce(topics.is_quality_management, false) as is_quality_management,
        frdo.hours,
        case when frdo.is_duplicate then coalesce(frdo.original_issue_date, frdo.issue_date) else frdo.issue_date end as issue_date,
        frdo.file_name,
        frdo.row_number
    from frdo
    inner join replacements on frdo.document_id = replacements.document_id
    left join listed on replacements.first_document_id = listed.first_document_id
    left join topics on frdo.programme_key = topics.programme_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by document_id
            order by preference asc, replacements desc, issue_date desc nulls last, person_id asc
        ) as place
    from documents
)

select
    document_id,
    person_id,
    programme,
    programme_key,
    topic,
    is_quality_management,
    hours,
    issue_date,
    origin,
    file_name,
    row_number
from ranked
where place = 1
