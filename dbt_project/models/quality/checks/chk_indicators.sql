-- Grain: one row per indicator and period that has somebody in the denominator and no numerator.
with indicator_values as (
    select * from {{ ref('indicator_values') }}
    where denominator > 0 and numerator is null
),

indicators as (
    select distinct
        indicator_code,
        indicator_name
    from {{ ref('dim_indicator') }}
),

found as (
    select
        indicator_code,
        period,
        count(*) as cells
    from indicator_values
    group by indicator_code, period
)

select
    'indicator_without_numerator' as rule_code,
    cast(null as text) as source,
    found.period,
    cast(null as text) as entity_code,
    cast(null as text) as entity_name,
    cast(null as text) as subject_code,
    cast(found.cells as double precision) as value,
    cast(0 as double precision) as expected,
    indicators.indicator_name || ' (' || found.indicator_code || '), ' || found.period || ': значений со знаменателем и без числителя '
    || cast(found.cells as text) as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from found
left join indicators on found.indicator_code = indicators.indicator_code
