-- Grain: one row per programme of courses, whatever its spelling.
with courses as (
    select * from {{ ref('stg_pd_courses__completion') }}
),

frdo as (
    select * from {{ ref('stg_frdo__document') }}
),

planned as (
    select * from {{ ref('stg_planned_courses__plan') }}
),

mapped as (
    select * from {{ ref('stg_programme_topics__topic') }}
),

named as (
    select
        programme_key,
        programme,
        upper(trim(topic)) as topic,
        reviewed_date
    from mapped
    union all
    select
        programme_key,
        programme,
        topic,
        cast(null as date) as reviewed_date
    from courses
    union all
    select
        programme_key,
        programme,
        upper(trim(topic)) as topic,
        cast(null as date) as reviewed_date
    from planned
    union all
    select
        programme_key,
        programme,
        cast(null as text) as topic,
        cast(null as date) as reviewed_date
    from frdo
)

select
    programme_key,
    min({{ byte_order('programme') }}) as programme,
    coalesce(max(case when topic = 'УКО' then topic end), max(topic)) as topic,
    coalesce(bool_or(topic = 'УКО'), false) as is_quality_management,
    max(reviewed_date) as reviewed_date
from named
where programme_key is not null
group by programme_key
