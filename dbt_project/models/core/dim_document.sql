-- Grain: one row per document and version, as it stands now: named as in its latest status.
with statuses as (
    select * from {{ ref('fct_document_status') }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by document_code, document_version
            order by
                status_date desc,
                case status when 'отменён' then 0 when 'утверждён' then 1 when 'апробирован' then 2 else 3 end asc,
                status asc
        ) as place,
        min(case when status = 'утверждён' then status_date end) over version as approved_date,
        min(case when status = 'апробирован' then status_date end) over version as piloted_date,
        max(case when status = 'отменён' then status_date end) over version as cancelled_date
    from statuses
    window version as (partition by document_code, document_version)
)

select
    document_code,
    document_version,
    title,
    kind,
    school_code,
    municipality_code,
    node_code,
    url,
    status as current_status,
    status_date as current_status_date,
    approved_date,
    piloted_date,
    cancelled_date
from numbered
where place = 1
