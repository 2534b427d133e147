-- Grain: one row per report that is due, period and who reports, as it stands on the day of the refresh.
with reports as (
    select * from {{ ref('fct_report_submission') }}
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
        reports.*,
        dates.as_of_date,
        case
            when reports.school_code <> '' then 'школа'
            when reports.node_code <> '' then 'узел сети'
            when reports.oktmo <> '' then 'муниципалитет'
            else 'региональный оператор'
        end as reporter_kind,
        coalesce(nullif(reports.school_code, ''), node_schools.school_code) as reporting_school_code
    from reports
    cross join dates
    left join node_schools
        on reports.node_code = node_schools.node_code and reports.due_date between node_schools.valid_from and node_schools.valid_to
    where dates.is_run_date
)

select
    placed.report,
    placed.report_key,
    placed.report_period,
    placed.reporter_kind,
    placed.school_code,
    placed.oktmo,
    placed.node_code,
    entities.entity_name as reporter_name,
    placed.due_date,
    placed.submitted_date,
    placed.status,
    {{ term_state('placed.due_date', 'placed.submitted_date', 'placed.as_of_date') }} as state,
    {{ days_late('placed.due_date', 'placed.submitted_date', 'placed.as_of_date') }} as days_late
from placed
left join entities
    on
        entities.level = case when placed.reporting_school_code is null then 'municipality' else 'school' end
        and entities.entity_code = coalesce(placed.reporting_school_code, placed.municipality_code)
        and placed.as_of_date between entities.name_from and entities.name_to
