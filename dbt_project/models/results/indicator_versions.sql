-- Grain: one row per indicator, version, structure, period, level, entity, subject, class and breakdown: value, interval and comparison.
{{ config(schema='intermediate', materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}") }}

with sums as (
    select * from {{ rebuilt_results(ref('indicator_sums'), earlier=1) }}
),

levels as (
    {{ indicator_levels() }}
),

breaks as (
    select * from {{ ref('comparability_breaks') }}
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
        case when valued.unit in ('share', 'flag') then {{ wilson_limit('valued.numerator', 'valued.denominator', 'constants.z', '-') }} end
            as share_low,
        case when valued.unit in ('share', 'flag') then {{ wilson_limit('valued.numerator', 'valued.denominator', 'constants.z', '+') }} end
            as share_high,
        {{ t_quantile('(valued.denominator - 1)', 'quantiles.quantile', 'constants.z') }} * sqrt(valued.squared_error) as mean_reach
    from valued
    cross join constants
    left join quantiles on valued.denominator - 1 = quantiles.degrees_of_freedom and valued.squared_error is not null
    where valued.value is not null
),

-- periods that may not be compared with the one before: another population, another form of the procedure
broken as (
    {{ broken_periods('measured') }}
),

paired as (
    select
        now.*,
        earlier.value as previous_value,
        now.value - earlier.value as delta,
        case when broken.indicator_code is null then now.value - earlier.value end as judged_delta,
        case when earlier.n < now.n then earlier.n else now.n end as smaller_n,
        {{ newcombe_reach('now.value', 'now.share_low', 'earlier.value', 'earlier.share_high') }} as share_reach_down,
        {{ newcombe_reach('earlier.value', 'earlier.share_low', 'now.value', 'now.share_high') }} as share_reach_up,
        sqrt(now.squared_error + earlier.squared_error) as welch_error,
        {{ welch_degrees('now.squared_error', 'now.denominator', 'earlier.squared_error', 'earlier.denominator') }} as degrees
    from measured as now
    left join broken on now.indicator_code = broken.indicator_code and now.period = broken.period
    left join measured as earlier
        on
            coalesce(broken.shows_previous, true)
            and now.indicator_code = earlier.indicator_code
            and now.methodology_version = earlier.methodology_version
            and now.structure = earlier.structure
            and now.period_before = earlier.period
            and now.level = earlier.level
            and now.entity_code = earlier.entity_code
            and now.subject_code = earlier.subject_code
            and now.grade = earlier.grade
            and now.breakdown = earlier.breakdown
    where {{ of_rebuilt_results('now') }}
),

-- how far below and above the change its interval reaches; a count is no sample, its change is what it is
reached as (
    select
        paired.*,
        case paired.unit
            when 'count' then 0
            when 'share' then paired.share_reach_down
            when 'flag' then paired.share_reach_down
            else {{ t_quantile('paired.degrees', 'quantiles.quantile', 'paired.z') }} * paired.welch_error
        end as reach_down,
        case paired.unit
            when 'count' then 0
            when 'share' then paired.share_reach_up
            when 'flag' then paired.share_reach_up
            else {{ t_quantile('paired.degrees', 'quantiles.quantile', 'paired.z') }} * paired.welch_error
        end as reach_up
    from paired
    left join quantiles on paired.degrees = quantiles.degrees_of_freedom and paired.welch_error is not null
),

judged as (
    select
        *,
        {{ dynamics_word('judged_delta', 'reach_down', 'reach_up', 'smaller_n', 'dynamics_min_people') }} as dynamics
    from reached
)

select
    indicator_code,
    methodology_version,
    structure,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    unit,
    numerator,
    denominator,
    value,
    n,
    coalesce(share_low, value - mean_reach) as ci_low,
    coalesce(share_high, value + mean_reach) as ci_high,
    previous_value,
    delta,
    dynamics,
    {{ assessment_word('dynamics', 'direction') }} as assessment
from judged
