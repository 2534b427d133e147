-- Grain: one row per publication, place of publication, day and organisation whose experience it tells.
with publications as (
    select * from {{ ref('stg_publications__publication') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

municipalities as (
    select * from {{ ref('int_oktmo__municipality') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
)

select
    publications.publication_key,
    publications.outlet_key,
    publications.publication as publication_name,
    publications.kind as publication_kind,
    publications.outlet,
    publications.publication_date,
    case
        when publications.school_code is not null then 'school'
        when publications.oktmo is not null then 'municipality'
        when publications.node_code is not null then 'node'
        else 'region'
    end as organisation_level,
    case
        when publications.school_code is not null then coalesce(attribution.attributed_code, publications.school_code)
        when publications.oktmo is not null then municipalities.municipality_code
        when publications.node_code is not null then publications.node_code
        else region.region_code
    end as organisation_code,
    coalesce(publications.school_code, '') as reported_school_code,
    coalesce(publications.oktmo, '') as reported_oktmo,
    coalesce(publications.node_code, '') as node_code,
    publications.url,
    publications.file_name,
    publications.row_number
from publications
cross join region
left join attribution
    on
        publications.school_code = attribution.school_code
        and publications.publication_date between attribution.valid_from and attribution.valid_to
left join municipalities
    on
        publications.oktmo = municipalities.oktmo
        and publications.publication_date between municipalities.valid_from and municipalities.valid_to
