-- Grain: one row per academic year, level, entity, subject and class: the share of «2» against the same class number a year before.
with compared as (
    select *
    from {{ ref('indicator_compared') }}
    where indicator_code = 'vpr_mark_distribution' and breakdown = '2'
),

paired as (
    select
        now.period,
        now.level,
        now.entity_code,
        now.subject_code,
        now.grade,
        now.delta,
        now.n,
        earlier.n as n_other,
        {{ newcombe_reach('now.value', 'now.ci_low', 'earlier.value', 'earlier.ci_high') }} as reach_down,
        {{ newcombe_reach('earlier.value', 'earlier.ci_low', 'now.value', 'now.ci_high') }} as reach_up
    from compared as now
    inner join compared as earlier
        on
            {{ period_before('now.period', "'academic_year'") }} = earlier.period
            and now.level = earlier.level
            and now.entity_code = earlier.entity_code
            and now.subject_code = earlier.subject_code
            and now.grade = earlier.grade
    -- no change is told over a year that compares with none
    where now.delta is not null
)

select
    period,
    level,
    entity_code,
    subject_code,
    grade,
    '' as breakdown,
    cast(null as double precision) as numerator,
    cast(null as double precision) as denominator,
    delta as value,
    n,
    n_other,
    delta - reach_down as ci_low,
    delta + reach_up as ci_high
from paired
