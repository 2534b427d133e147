-- Grain: one row per wave, level, entity and breakdown whose members answered the survey in this wave and in the one before it.
with levels as (
    {{ indicator_levels() }}
),

answered as (
    select * from {{ ref('fct_survey_comparison') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

quantiles as (
    select * from {{ ref('t_quantiles') }}
),

constants as (
    select {{ parameter('normal_quantile') }} as z
),

placed as (
    select
        answered.wave,
        membership.level,
        membership.entity_code,
        answered.breakdown,
        answered.is_earlier,
        answered.is_comparable,
        answered.index_value
    from answered
    inner join membership
        on
            answered.member_code = membership.member_code
            and answered.event_date between membership.valid_from and membership.valid_to
    inner join levels on membership.level = levels.level
    where levels.indicator_code = 'satisfaction_dynamics'
),

sums as (
    select
        wave,
        level,
        entity_code,
        breakdown,
        is_earlier,
        bool_and(is_comparable) as is_comparable,
        count(*) as n,
        avg(index_value) as value,
        sum(index_value) as total,
        sum(index_value * index_value) as sum_squares
    from placed
    group by wave, level, entity_code, breakdown, is_earlier
),

-- the squared standard error of a mean; one questionnaire has none
means as (
    select
        *,
        case when n > 1 then greatest(sum_squares - total * total / n, 0) / (n - 1) / n end as squared_error
    from sums
),

paired as (
    select
        now.wave,
        now.level,
        now.entity_code,
        now.breakdown,
        now.is_comparable,
        now.n,
        earlier.n as n_other,
        now.value - earlier.value as value,
        sqrt(now.squared_error + earlier.squared_error) as welch_error,
        {{ welch_degrees('now.squared_error', 'now.n', 'earlier.squared_error', 'earlier.n') }} as degrees
    from means as now
    inner join means as earlier
        on
            now.wave = earlier.wave
            and now.level = earlier.level
            and now.entity_code = earlier.entity_code
            and now.breakdown = earlier.breakdown
    where not now.is_earlier and earlier.is_earlier
),

-- waves that asked too different questions have a difference, and no judgement of it
reached as (
    select
        paired.*,
        case
            when paired.is_comparable then {{ t_quantile('paired.degrees', 'quantiles.quantile', 'constants.z') }} * paired.welch_error
        end as reach
    from paired
    cross join constants
    left join quantiles on paired.degrees = quantiles.degrees_of_freedom
)

select
    wave as period,
    level,
    entity_code,
    '' as subject_code,
    '' as grade,
    breakdown,
    cast(null as double precision) as numerator,
    cast(null as double precision) as denominator,
    value,
    n,
    n_other,
    value - reach as ci_low,
    value + reach as ci_high
from reached
