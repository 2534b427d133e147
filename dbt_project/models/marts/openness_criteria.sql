-- Grain: one row per school, day of the check of its site and criterion.
with checks as (
    select * from {{ ref('fct_site_check') }}
),

criteria as (
    select * from {{ ref('dim_site_criterion') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
)

select
    checks.school_code,
    entities.entity_name as school_name,
    entities.school_title,
    checks.check_date,
    checks.criterion_code,
    criteria.criterion_name,
    criteria.is_quality_information,
    sum(checks.score) as score,
    sum(case when checks.is_applicable then checks.max_score end) as max_score
from checks
inner join criteria on checks.criterion_code = criteria.criterion_code
left join entities
    on
        entities.level = 'school'
        and checks.school_code = entities.entity_code
        and checks.check_date between entities.name_from and entities.name_to
group by
    checks.school_code,
    entities.entity_name,
    entities.school_title,
    checks.check_date,
    checks.criterion_code,
    criteria.criterion_name,
    criteria.is_quality_information
