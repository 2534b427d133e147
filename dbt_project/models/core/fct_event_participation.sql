-- Grain: one row per event, participating organisation and role; an event without a participant is a row too.
with participations as (
    select * from {{ ref('stg_events__participation') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

municipalities as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    participations.event_code,
    participations.event as event_name,
    participations.kind as event_kind,
    participations.event_date,
    coalesce(participations.end_date, participations.event_date) as end_date,
    participations.level as event_level,
    participations.organiser,
    case
        when participations.school_code is not null then 'school'
        when participations.oktmo is not null then 'municipality'
        when participations.node_code is not null then 'node'
    end as organisation_level,
    case
        when participations.school_code is not null then coalesce(attribution.attributed_code, participations.school_code)
        when participations.oktmo is not null then municipalities.municipality_code
        else participations.node_code
    end as organisation_code,
    coalesce(participations.school_code, '') as reported_school_code,
    coalesce(participations.oktmo, '') as reported_oktmo,
    coalesce(participations.node_code, '') as node_code,
    participations.role,
    participations.people,
    participations.file_name,
    participations.row_number
from participations
left join attribution
    on
        participations.school_code = attribution.school_code
        and participations.event_date between attribution.valid_from and attribution.valid_to
left join municipalities
    on
        participations.oktmo = municipalities.oktmo
        and participations.event_date between municipalities.valid_from and municipalities.valid_to
