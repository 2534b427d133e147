-- Grain: one row per organisation and calendar year: the events that it took part in, what was published of its experience.
with participations as (
    select * from {{ ref('fct_event_participation') }}
),

publications as (
    select * from {{ ref('fct_publication') }}
),

dates as (
    select * from {{ ref('dim_as_of_date') }}
),

nodes as (
    select * from {{ ref('dim_network_node') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

-- an organisation that came in two roles came once
attended as (
    select
        participations.organisation_level,
        participations.organisation_code,
        {{ year_of('participations.event_date') }} as year,
        count(distinct case when participations.event_date <= dates.as_of_date then participations.event_code end) as events,
        count(
            distinct case
                when participations.event_date <= dates.as_of_date and participations.role = 'докладчик' then participations.event_code
            end
        ) as events_as_speaker,
        count(
            distinct case
                when participations.event_date <= dates.as_of_date and participations.role = 'организатор' then participations.event_code
            end
        ) as events_as_organiser,
        count(distinct case when participations.event_date > dates.as_of_date then participations.event_code end) as events_ahead
    from participations
    cross join dates
    where dates.is_run_date and participations.organisation_code is not null
    group by participations.organisation_level, participations.organisation_code, {{ year_of('participations.event_date') }}
),

published as (
    select
        organisation_level,
        organisation_code,
        {{ year_of('publication_date') }} as year,
        count(distinct publication_key || '|' || outlet_key) as publications,
        count(
            distinct case when publication_kind in ('статья', 'сборник') then publication_key || '|' || outlet_key end
        ) as articles,
        count(
            distinct case when publication_kind = 'методические материалы' then publication_key || '|' || outlet_key end
        ) as methodical_materials
    from publications
    where organisation_code is not null
    group by organisation_level, organisation_code, {{ year_of('publication_date') }}
),

active as (
    select
        coalesce(attended.organisation_level, published.organisation_level) as organisation_level,
        coalesce(attended.organisation_code, published.organisation_code) as organisation_code,
        coalesce(attended.year, published.year) as year,
        coalesce(attended.events, 0) as events,
        coalesce(attended.events_as_speaker, 0) as events_as_speaker,
        coalesce(attended.events_as_organiser, 0) as events_as_organiser,
        coalesce(attended.events_ahead, 0) as events_ahead,
        coalesce(published.publications, 0) as publications,
        coalesce(published.articles, 0) as articles,
        coalesce(published.methodical_materials, 0) as methodical_materials
    from attended
    full outer join published
        on
            attended.organisation_level = published.organisation_level
            and attended.organisation_code = published.organisation_code
            and attended.year = published.year
),

last_nodes as (
    select
        node_code,
        school_code,
        row_number() over (partition by node_code order by valid_from desc) as place
    from nodes
),

-- a node is called after its school
placed as (
    select
        active.*,
        {{ day_of_year('active.year', parameter('year_name_day', as_text=true)) }} as name_day,
        case when active.organisation_level = 'node' then 'school' else active.organisation_level end as named_level,
        case when active.organisation_level = 'node' then last_nodes.school_code else active.organisation_code end as named_code
    from active
    left join last_nodes
        on active.organisation_level = 'node' and active.organisation_code = last_nodes.node_code and last_nodes.place = 1
)

select
    placed.organisation_level,
    placed.organisation_code,
    entities.entity_name as organisation_name,
    cast(placed.year as integer) as year,
    placed.events,
    placed.events_as_speaker,
    placed.events_as_organiser,
    placed.events_ahead,
    placed.publications,
    placed.articles,
    placed.methodical_materials
from placed
left join entities
    on
        placed.named_level = entities.level
        and placed.named_code = entities.entity_code
        and placed.name_day between entities.name_from and entities.name_to
