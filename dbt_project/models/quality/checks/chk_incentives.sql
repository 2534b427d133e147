-- Grain: one row per criterion of incentive payments that is judged by an indicator meant for diagnosis alone.
with scores as (
    select * from {{ ref('stg_incentives__score') }}
),

-- whatever their version
diagnostic as (
    select distinct
        indicator_code,
        indicator_name
    from {{ ref('dim_indicator') }}
    where usage_kind = 'diagnostic_only'
),

schools as (
    select * from {{ ref('dim_school') }}
    where is_current
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
    'Критерий ' || scores.criterion_code || ' (' || scores.recipient || ') опирается на показатель «' || diagnostic.indicator_name
    || '», который служит только для диагностики' as message_ru,
    scores.file_name,
    scores.row_number
from scores
inner join diagnostic on scores.indicator_code = diagnostic.indicator_code
left join schools on scores.school_code = schools.school_code
