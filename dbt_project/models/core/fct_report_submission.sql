-- Grain: one row per report that is due, period and who reports; all three codes are empty where it is the regional operator.
with reports as (
    select * from {{ ref('stg_reports__submission') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    reports.report,
    reports.report_key,
    reports.period as report_period,
    coalesce(reports.school_code, '') as school_code,
    coalesce(oktmo_municipality.municipality_code, '') as municipality_code,
    coalesce(reports.node_code, '') as node_code,
    coalesce(reports.oktmo, '') as oktmo,
    reports.due_date,
    reports.submitted_date,
    reports.status,
    coalesce(reports.submitted_date <= reports.due_date, false) as is_on_time,
    reports.file_name,
    reports.row_number
from reports
left join oktmo_municipality
    on
        reports.oktmo = oktmo_municipality.oktmo
        and reports.due_date between oktmo_municipality.valid_from and oktmo_municipality.valid_to
