-- Grain: one row per as-of date, level, entity and information system.
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

months as (
    select * from {{ ref('fct_system_adoption') }}
),

firsts as (
    select
        school_code,
        system_name,
        min(snapshot_date) as first_used_on
    from months
    where operations > 0
    group by school_code, system_name
)

select
    indicator_values.period as as_of_date,
    indicator_values.level,
    indicator_values.entity_code,
    indicator_values.entity_name,
    indicator_values.breakdown as system_name,
    indicator_values.n as schools,
    cast(indicator_values.numerator as bigint) as schools_working,
    indicator_values.value as share_working,
    indicator_values.previous_value,
    indicator_values.dynamics,
    indicator_values.assessment,
    firsts.first_used_on
from indicator_values
left join firsts
    on
        indicator_values.level = 'school'
        and indicator_values.entity_code = firsts.school_code
        and indicator_values.breakdown = firsts.system_name
        and cast(firsts.first_used_on as text) <= indicator_values.period
where indicator_values.indicator_code = 'ais_adoption'
