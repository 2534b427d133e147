-- Grain: one row per registered project of a school, municipality or node.
with projects as (
    select * from {{ ref('stg_projects__project') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
)

select
    projects.project_code,
    projects.project as project_name,
    projects.school_code,
    oktmo_municipality.municipality_code,
    projects.node_code,
    projects.goal,
    projects.project_indicator,
    projects.start_date,
    projects.due_date,
    projects.end_date,
    projects.goal is not null and projects.project_indicator is not null and projects.due_date is not null as is_described,
    projects.file_name,
    projects.row_number
from projects
left join oktmo_municipality
    on
        projects.oktmo = oktmo_municipality.oktmo
        and projects.start_date between oktmo_municipality.valid_from and oktmo_municipality.valid_to
