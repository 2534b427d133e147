-- Grain: one row per course document, over the lists of courses and the ФИС ФРДО export.
with courses as (
    select * from {{ ref('stg_pd_courses__completion') }}
),

frdo as (
    select * from {{ ref('stg_frdo__document') }}
),

-- a duplicate stands for the document that was lost
documents as (
    select
        document_id,
        1 as preference,
        'pd_courses' as origin,
        person_id,
        programme,
        topic,
        hours,
        issue_date
    from courses
    union all
    select
        case when is_duplicate then coalesce(original_document_id, document_id) else document_id end as document_id,
        case when is_duplicate then 3 else 2 end as preference,
        'frdo' as origin,
        person_id,
        programme,
        cast(null as text) as topic,
        hours,
        case when is_duplicate then coalesce(original_issue_date, issue_date) else issue_date end as issue_date
    from frdo
),

ranked as (
    select
        *,
        row_number() over (partition by document_id order by preference asc, issue_date desc nulls last, person_id asc) as place
    from documents
)

select
    document_id,
    person_id,
    programme,
    topic,
    coalesce(topic = 'УКО', false) as is_quality_management,
    hours,
    issue_date,
    origin
from ranked
where place = 1
