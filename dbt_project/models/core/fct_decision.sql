-- Grain: one row per decision and school, municipality or node that it is about; all three codes are empty where it is the region.
with decisions as (
    select * from {{ ref('stg_decisions__decision') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    decisions.decision_number,
    decisions.decision_date,
    coalesce(decisions.school_code, '') as school_code,
    coalesce(oktmo_municipality.municipality_code, '') as municipality_code,
    coalesce(decisions.node_code, '') as node_code,
    coalesce(decisions.oktmo, '') as oktmo,
    decisions.kind,
    decisions.issued_by,
    decisions.wording,
    decisions.indicator_code,
    decisions.due_date,
    decisions.done_date,
    case when decisions.due_date is not null then coalesce(decisions.done_date <= decisions.due_date, false) end as is_done_on_time,
    decisions.file_name,
    decisions.row_number
from decisions
left join oktmo_municipality
    on
        decisions.oktmo = oktmo_municipality.oktmo
        and decisions.decision_date between oktmo_municipality.valid_from and oktmo_municipality.valid_to
