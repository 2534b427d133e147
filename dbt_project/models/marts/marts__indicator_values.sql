-- Grain: one row per indicator, period, level, entity, subject, class and breakdown, after suppression.
{{ config(alias='indicator_values', materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}") }}

with unsuppressed as (
    select * from {{ rebuilt_results(ref('indicator_values')) }}
    where level <> 'class'
),

closed as (
    select * from {{ rebuilt_results(ref('indicator_suppression'), earlier=1) }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

marked as (
    select
        unsuppressed.*,
        closed.suppression as closing,
        closed.suppression is not null as is_closed,
        earlier.suppression is not null or closed.suppression is not null as is_change_closed
    from unsuppressed
    inner join indicators on unsuppressed.indicator_code = indicators.indicator_code
    left join closed
        on
            unsuppressed.indicator_code = closed.indicator_code
            and unsuppressed.period = closed.period
            and unsuppressed.level = closed.level
            and unsuppressed.entity_code = closed.entity_code
            and unsuppressed.subject_code = closed.subject_code
            and unsuppressed.grade = closed.grade
            and unsuppressed.breakdown = closed.breakdown
    left join closed as earlier
        on
            unsuppressed.indicator_code = earlier.indicator_code
            and {{ period_before('unsuppressed.period', 'indicators.period_kind') }} = earlier.period
            and unsuppressed.level = earlier.level
            and unsuppressed.entity_code = earlier.entity_code
            and unsuppressed.subject_code = earlier.subject_code
            and unsuppressed.grade = earlier.grade
            and unsuppressed.breakdown = earlier.breakdown
    -- a class is a few people who know one another
    where not {{ is_listed('indicators.core_levels', 'unsuppressed.level') }}
)

select
    indicator_code,
    period,
    level,
    entity_code,
    entity_name,
    subject_code,
    grade,
    breakdown,
    case when not is_closed then numerator end as numerator,
    case when not is_closed then denominator end as denominator,
    case when not is_closed then value end as value,
    unit,
    n,
    case when not is_closed then ci_low end as ci_low,
    case when not is_closed then ci_high end as ci_high,
    case when not is_change_closed then previous_value end as previous_value,
    case when not is_change_closed then delta end as delta,
    case when is_change_closed then 'нет данных' else dynamics end as dynamics,
    is_closed as is_suppressed,
    closing as suppression,
    case when is_change_closed then 'нет данных' else assessment end as assessment,
    visibility,
    methodology_version
from marked
