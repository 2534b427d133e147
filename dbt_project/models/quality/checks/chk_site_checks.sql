-- Grain: one row per criterion of site checks that the list of criteria does not know.
with criteria as (
    select * from {{ ref('dim_site_criterion') }}
),

checks as (
    select * from {{ ref('fct_site_check') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

unlisted as (
    select
        checks.criterion_code,
        count(*) as scores
    from checks
    inner join criteria on checks.criterion_code = criteria.criterion_code
    where criteria.is_quality_information is null
    group by checks.criterion_code
)

select
    'site_criterion_unlisted' as rule_code,
    'site_checks' as source,
    cast(null as text) as period,
    region.region_code as entity_code,
    region.region_name as entity_name,
    cast(null as text) as subject_code,
    cast(unlisted.scores as double precision) as value,
    cast(null as double precision) as expected,
    'Критерия ' || unlisted.criterion_code || ' нет в списке: неизвестно, о качестве ли он; строк ' || cast(unlisted.scores as text)
        as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from unlisted
cross join region
