-- Grain: one row per programme, first day, category of listeners and municipality ('' where it is for all).
with plans as (
    select * from {{ ref('stg_planned_courses__plan') }}
),

municipalities as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    plans.programme_key,
    plans.programme,
    plans.start_date,
    coalesce(plans.listeners, '') as listeners,
    coalesce(plans.oktmo, '') as oktmo,
    upper(trim(plans.topic)) as topic,
    plans.hours,
    municipalities.municipality_code,
    plans.end_date,
    plans.planned_people,
    plans.file_name,
    plans.row_number
from plans
left join municipalities
    on
        plans.oktmo = municipalities.oktmo
        and plans.start_date between municipalities.valid_from and municipalities.valid_to
