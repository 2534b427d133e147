-- Grain: one row per indicator, period, level, entity, subject, class and breakdown, before suppression.
with sums as (
    select * from {{ ref('indicator_sums') }}
),

levels as (
    {{ indicator_levels() }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

quantiles as (
    select * from {{ ref('t_quantiles') }}
),

constants as (
    select
        {{ parameter('normal_quantile') }} as z,
        {{ parameter('dynamics_min_people') }} as dynamics_min_people
),

valued as (
    select
        sums.*,
        levels.unit,
        levels.direction,
        levels.visibility,
        levels.methodology_version,
        {{ period_day('sums.period', 'levels.period_kind') }} as name_day,
        {{ period_before('sums.period', 'levels.period_kind') }} as period_before,
        case levels.unit when 'count' then sums.numerator else sums.numerator / nullif(sums.denominator, 0) end as value,
        -- the squared standard error of a mean; rounding must not make it negative, and greatest() would make an unknown spread 0
        case
            when levels.unit in ('mean', 'index') and sums.denominator > 1 and sums.sum_squares is not null
                then
                    greatest(sums.sum_squares - sums.numerator * sums.numerator / sums.denominator, 0)
                    / (sums.denominator - 1) / sums.denominator
        end as squared_error
    from sums
    inner join levels on sums.indicator_code = levels.indicator_code and sums.level = levels.level
),

-- nothing behind it: no row
measured as (
    select
        valued.*,
        constants.z,
        constants.dynamics_min_people,
        case when valued.unit = 'share' then {{ wilson_limit('valued.numerator', 'valued.denominator', 'constants.z', '-') }} end
            as share_low,
        case when valued.unit = 'share' then {{ wilson_limit('valued.numerator', 'valued.denominator', 'constants.z', '+') }} end
            as share_high,
        {{ t_quantile('(valued.denominator - 1)', 'quantiles.quantile', 'constants.z') }} * sqrt(valued.squared_error) as mean_reach
    from valued
    cross join constants
    left join quantiles on valued.denominator - 1 = quantiles.degrees_of_freedom and valued.squared_error is not null
    where valued.value is not null
),

paired as (
    select
        now.*,
        earlier.value as previous_value,
        now.value - earlier.value as delta,
        case when earlier.n < now.n then earlier.n else now.n end as smaller_n,
        {{ newcombe_reach('now.value', 'now.share_low', 'earlier.value', 'earlier.share_high') }} as share_reach_down,
        {{ newcombe_reach('earlier.value', 'earlier.share_low', 'now.value', 'now.share_high') }} as share_reach_up,
        sqrt(now.squared_error + earlier.squared_error) as welch_error,
        {{ welch_degrees('now.squared_error', 'now.denominator', 'earlier.squared_error', 'earlier.denominator') }} as degrees
    from measured as now
    left join measured as earlier
        on
            now.indicator_code = earlier.indicator_code
            and now.period_before = earlier.period
            and now.level = earlier.level
            and now.entity_code = earlier.entity_code
            and now.subject_code = earlier.subject_code
            and now.grade = earlier.grade
            and now.breakdown = earlier.breakdown
),

-- how far below and above the change its interval reaches; a count is no sample, its change is what it is
reached as (
    select
        paired.*,
        case paired.unit
            when 'count' then 0
            when 'share' then paired.share_reach_down
            else {{ t_quantile('paired.degrees', 'quantiles.quantile', 'paired.z') }} * paired.welch_error
        end as reach_down,
        case paired.unit
            when 'count' then 0
            when 'share' then paired.share_reach_up
            else {{ t_quantile('paired.degrees', 'quantiles.quantile', 'paired.z') }} * paired.welch_error
        end as reach_up
    from paired
    left join quantiles on paired.degrees = quantiles.degrees_of_freedom and paired.welch_error is not null
),

judged as (
    select
        *,
        case
            when delta is null or reach_down is null or smaller_n < dynamics_min_people then 'нет данных'
            when delta - reach_down > 0 then 'рост'
            when delta + reach_up < 0 then 'снижение'
            else 'без значимых изменений'
        end as dynamics
    from reached
)

select
    judged.indicator_code,
    judged.period,
    judged.level,
    judged.entity_code,
    entities.entity_name,
    judged.subject_code,
    judged.grade,
    judged.breakdown,
    judged.numerator,
    judged.denominator,
    judged.value,
    judged.unit,
    judged.n,
    coalesce(judged.share_low, judged.value - judged.mean_reach) as ci_low,
    coalesce(judged.share_high, judged.value + judged.mean_reach) as ci_high,
    judged.previous_value,
    judged.delta,
    judged.dynamics,
    false as is_suppressed,
    cast(null as text) as suppression,
    case
        when judged.dynamics in ('нет данных', 'без значимых изменений') then judged.dynamics
        when judged.direction = 'none' then 'нет данных'
        when (judged.dynamics = 'рост') = (judged.direction = 'more') then 'улучшение'
        else 'ухудшение'
    end as assessment,
    judged.visibility,
    judged.methodology_version
from judged
left join entities
    on
        judged.level = entities.level
        and judged.entity_code = entities.entity_code
        and judged.name_day between entities.name_from and entities.name_to
