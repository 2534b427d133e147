-- Grain: one row per rule of data quality, with how often it is broken now.
with rules as (
    select * from {{ ref('rules') }}
),

found as (
    select
        rule_code,
        count(*) as findings,
        count(distinct entity_code) as entities,
        count(distinct file_name) as files
    from {{ ref('findings') }}
    group by rule_code
)

select
    rules.rule_code,
    rules.severity,
    rules.title_ru,
    coalesce(found.findings, 0) as findings,
    coalesce(found.entities, 0) as entities,
    coalesce(found.files, 0) as files,
    rules.what_to_do_ru
from rules
left join found on rules.rule_code = found.rule_code
