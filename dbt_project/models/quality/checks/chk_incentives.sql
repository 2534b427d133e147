-- Grain: one row per criterion of incentive payments judged by an indicator meant for diagnosis alone; one more where that is allowed.
with scores as (
    select * from {{ ref('fct_head_incentive_score') }}
    where is_diagnostic
),

indicators as (
    select distinct
        indicator_code,
        indicator_name
    from {{ ref('dim_indicator') }}
),

schools as (
    select * from {{ ref('dim_school') }}
    where is_current
),

switches as (
    select * from {{ ref('parameters') }}
    where parameter_code = 'allow_diagnostic_in_incentives' and value = '1'
),

region as (
    select * from {{ ref('int_region__resolved') }}
)

select
    'incentive_by_diagnostic' as rule_code,
    'incentives' as source,
    scores.period,
    scores.school_code as entity_code,
    schools.school_name as entity_name,
    cast(null as text) as subject_code,
    scores.score as value,
    cast(null as double precision) as expected,
    'Критерий ' || scores.criterion_code || ' (' || scores.recipient || ') опирается на показатель «' || indicators.indicator_name
    || '», который служит только для диагностики' as message_ru,
    scores.file_name,
    scores.row_number
from scores
inner join indicators on scores.indicator_code = indicators.indicator_code
left join schools on scores.school_code = schools.school_code
union all
select
    'incentive_diagnostic_allowed' as rule_code,
    'incentives' as source,
    cast(null as text) as period,
    region.region_code as entity_code,
    region.region_name as entity_name,
    cast(null as text) as subject_code,
    cast(null as double precision) as value,
    cast(null as double precision) as expected,
    'Параметр ' || switches.parameter_code || ' включён: критерии по показателям только для диагностики учитываются' as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from switches
cross join region
