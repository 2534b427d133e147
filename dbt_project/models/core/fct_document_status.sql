-- Grain: one row per document, version, status and day on which it got the status.
with statuses as (
    select * from {{ ref('stg_documents__status') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    statuses.document_code,
    coalesce(statuses.version, '') as document_version,
    statuses.status,
    statuses.status_date,
    statuses.title,
    statuses.kind,
    statuses.school_code,
    oktmo_municipality.municipality_code,
    statuses.node_code,
    statuses.url,
    statuses.file_name,
    statuses.row_number
from statuses
left join oktmo_municipality
    on
        statuses.oktmo = oktmo_municipality.oktmo
        and statuses.status_date between oktmo_municipality.valid_from and oktmo_municipality.valid_to
