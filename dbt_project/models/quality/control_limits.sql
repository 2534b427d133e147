-- Grain: one row per basis of comparison, indicator, period, subject, class and breakdown of the region that readers may see.
-- Against the publication before: Shewhart's limits, its value ± so many standard errors (of a count its root); against the periods before:
-- limits of individual values by the mean moving range (Wheeler, Understanding Variation), outside which the whole interval must lie.
with run as (
    select * from {{ ref('stg_oko__run') }}
),

watch as (
    select * from {{ ref('stg_oko__watch') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

closed as (
    select * from {{ ref('indicator_suppression') }}
    where level = 'region'
),

present as (
    select
        region.*,
        closed.suppression is not null as is_closed
    from {{ ref('indicator_values') }} as region
    left join closed
        on
            region.indicator_code = closed.indicator_code
            and region.period = closed.period
            and region.entity_code = closed.entity_code
            and region.subject_code = closed.subject_code
            and region.grade = closed.grade
            and region.breakdown = closed.breakdown
    where region.level = 'region' and region.visibility = 'public' and region.unit not in ('flag', 'difference')
),

visible as (
    select * from present
    where not is_closed and value is not null
),

-- the day of the refresh moves on; a clock that was set back leaves nothing to compare
before as (
    select
        previous.indicator_code,
        previous.entity_code,
        previous.subject_code,
        previous.grade,
        previous.breakdown,
        indicators.unit,
        previous.value,
        previous.ci_low,
        previous.ci_high,
        case when previous.period = cast(watch.previous_as_of as text) then cast(run.as_of as text) else previous.period end as period
    from {{ ref('stg_oko__previous_value') }} as previous
    inner join indicators on previous.indicator_code = indicators.indicator_code
    cross join run
    cross join watch
    where
        watch.previous_as_of <= run.as_of
        and previous.value is not null
        and indicators.unit not in ('flag', 'difference')
),

spread as (
    select
        *,
        case
            when unit = 'count' then sqrt(greatest(abs(value), 1))
            else nullif((ci_high - ci_low) / 2 / {{ parameter('normal_quantile') }}, 0)
        end as standard_error
    from before
),

limited as (
    select
        *,
        coalesce({{ parameter('change_sigmas') }} * standard_error, {{ parameter('change_relative') }} * abs(value)) as reach
    from spread
),

against_publication as (
    select
        'прежняя публикация' as basis,
        limited.indicator_code,
        limited.period,
        limited.entity_code,
        limited.subject_code,
        limited.grade,
        limited.breakdown,
        limited.unit,
        visible.value,
        limited.value as center,
        limited.value - limited.reach as limit_low,
        limited.value + limited.reach as limit_high,
        cast(1 as bigint) as points,
        present.indicator_code is null as is_gone,
        coalesce(
            {{ more_than('limited.value - limited.reach', 'visible.value') }}
            or {{ more_than('visible.value', 'limited.value + limited.reach') }},
            false
        ) as is_outside
    from limited
    left join present
        on
            limited.indicator_code = present.indicator_code
            and limited.period = present.period
            and limited.entity_code = present.entity_code
            and limited.subject_code = present.subject_code
            and limited.grade = present.grade
            and limited.breakdown = present.breakdown
    left join visible
        on
            limited.indicator_code = visible.indicator_code
            and limited.period = visible.period
            and limited.entity_code = visible.entity_code
            and limited.subject_code = visible.subject_code
            and limited.grade = visible.grade
            and limited.breakdown = visible.breakdown
),

ranges as (
    select
        *,
        -- a count carries no interval of its own
        case unit when 'count' then {{ parameter('normal_quantile') }} * sqrt(greatest(abs(value), 1)) else 0 end as own_reach,
        abs(value - lag(value) over series) as moving_range,
        row_number() over (
            partition by indicator_code, entity_code, subject_code, grade, breakdown
            order by period desc
        ) as place
    from visible
    window series as (partition by indicator_code, entity_code, subject_code, grade, breakdown order by period)
),

earlier as (
    select
        *,
        count(*) over before_it as points,
        avg(value) over before_it as center,
        {{ parameter('series_range_factor') }} * avg(moving_range) over before_it as reach
    from ranges
    window before_it as (
        partition by indicator_code, entity_code, subject_code, grade, breakdown
        order by period
        rows between unbounded preceding and 1 preceding
    )
),

against_periods as (
    select
        'прежние периоды' as basis,
        indicator_code,
        period,
        entity_code,
        subject_code,
        grade,
        breakdown,
        unit,
        value,
        center,
        center - reach as limit_low,
        center + reach as limit_high,
        points,
        false as is_gone,
        coalesce(
            {{ more_than('center - reach', 'coalesce(ci_high, value + own_reach)') }}
            or {{ more_than('coalesce(ci_low, value - own_reach)', 'center + reach') }},
            false
        ) as is_outside
    from earlier
    where place = 1 and points >= {{ parameter('series_min_points') }}
),

limits as (
    select * from against_publication
    union all
    select * from against_periods
)

select
    limits.basis,
    limits.indicator_code,
    indicators.indicator_name,
    limits.period,
    limits.entity_code,
    limits.subject_code,
    limits.grade,
    limits.breakdown,
    limits.unit,
    limits.value,
    limits.center,
    limits.limit_low,
    limits.limit_high,
    limits.points,
    limits.is_gone,
    limits.is_outside
from limits
inner join indicators on limits.indicator_code = indicators.indicator_code
