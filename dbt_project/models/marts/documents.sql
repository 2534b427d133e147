-- Grain: one row per document and version, as it stands on the day of the refresh.
with documents as (
    select * from {{ ref('dim_document') }}
),

dates as (
    select * from {{ ref('dim_as_of_date') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

placed as (
    select
        documents.*,
        dates.as_of_date,
        coalesce(documents.school_code, node_schools.school_code) as owner_school_code
    from documents
    cross join dates
    left join node_schools
        on documents.node_code = node_schools.node_code and dates.as_of_date between node_schools.valid_from and node_schools.valid_to
    where dates.is_run_date
)

select
    placed.document_code,
    placed.document_version,
    placed.title,
    placed.kind,
    placed.school_code,
    placed.municipality_code,
    placed.node_code,
    entities.entity_name as owner_name,
    placed.current_status,
    placed.current_status_date,
    placed.approved_date,
    placed.piloted_date,
    placed.cancelled_date,
    placed.url
from placed
left join entities
    on
        entities.level = case when placed.owner_school_code is null then 'municipality' else 'school' end
        and entities.entity_code = coalesce(placed.owner_school_code, placed.municipality_code)
        and placed.as_of_date between entities.name_from and entities.name_to
