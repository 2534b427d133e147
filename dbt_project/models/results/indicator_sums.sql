-- Grain: one row per indicator, version, structure, period, level, entity, subject, class and breakdown: the one roll-up of all indicators.
-- An upper level is the sum over the units below it, never a mean of means; a unit of `distinct_units` counts once in an entity.
-- Structure `as_was` puts a unit where its school was on the day; `today` where the school, or its successor, is on the day of the refresh.
{{ config(schema='intermediate', materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}") }}

with levels as (
    {{ indicator_levels() }}
),

units as (
    select * from {{ rebuilt_results(ref('indicator_units')) }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

today as (
    select * from {{ ref('int_today__membership') }}
),

entities_today as (
    select * from {{ ref('int_today__entity') }}
),

kinds as (
    select distinct
        indicator_code,
        unit,
        period_kind,
        distinct_units
    from levels
),

-- summed by school first, which is most of the way; what counts once in an entity stays as it is
member_sums as (
    select
        units.indicator_code,
        units.methodology_version,
        units.is_current,
        units.period,
        units.member_code,
        units.class_name,
        units.event_date,
        units.subject_code,
        units.grade,
        units.breakdown,
        kinds.period_kind,
        case when kinds.distinct_units then units.unit_id end as distinct_unit_id,
        sum(units.units) as units,
        sum(units.numerator) as numerator,
        sum(units.denominator) as denominator,
        -- one unit without its square leaves the spread unknown
        case when count(*) = count(units.sum_squares) then sum(units.sum_squares) end as sum_squares
    from units
    inner join kinds on units.indicator_code = kinds.indicator_code
    group by
        units.indicator_code,
        units.methodology_version,
        units.is_current,
        units.period,
        units.member_code,
        units.class_name,
        units.event_date,
        units.subject_code,
        units.grade,
        units.breakdown,
        kinds.period_kind,
        case when kinds.distinct_units then units.unit_id end
),

-- a network or a cluster is that of the school year that ended in the year of the exam
dated as (
    select
        member_sums.indicator_code,
        member_sums.methodology_version,
        member_sums.period,
        member_sums.member_code,
        member_sums.class_name,
        member_sums.event_date,
        case
            when member_sums.period_kind = 'year'
                then
                    least(
                        member_sums.event_date,
                        {{ day_of_year('substring(member_sums.period, 1, 4)', parameter('network_last_day', as_text=true)) }}
                    )
            else member_sums.event_date
        end as network_date,
        member_sums.subject_code,
        member_sums.grade,
        member_sums.breakdown,
        member_sums.distinct_unit_id,
        member_sums.units,
        member_sums.numerator,
        member_sums.denominator,
        member_sums.sum_squares
    from member_sums
),

placed as (
    select
        dated.indicator_code,
        dated.methodology_version,
        'as_was' as structure,
        dated.period,
        membership.level,
        membership.entity_code,
        dated.subject_code,
        dated.grade,
        dated.breakdown,
        dated.distinct_unit_id,
        dated.units,
        dated.numerator,
        dated.denominator,
        dated.sum_squares
    from dated
    inner join membership
        on
            dated.member_code = membership.member_code
            and case
                when membership.level in ('school', 'municipality', 'region') then dated.event_date
                else dated.network_date
            end between membership.valid_from and membership.valid_to
    inner join levels on dated.indicator_code = levels.indicator_code and membership.level = levels.level
    union all
    select
        dated.indicator_code,
        dated.methodology_version,
        'as_was' as structure,
        dated.period,
        levels.level,
        dated.member_code || '/' || dated.class_name as entity_code,
        dated.subject_code,
        dated.grade,
        dated.breakdown,
        dated.distinct_unit_id,
        dated.units,
        dated.numerator,
        dated.denominator,
        dated.sum_squares
    from dated
    inner join levels on dated.indicator_code = levels.indicator_code and levels.level = 'class'
    where dated.class_name <> ''
    union all
    select
        member_sums.indicator_code,
        member_sums.methodology_version,
        'today' as structure,
        member_sums.period,
        today.level,
        today.entity_code,
        member_sums.subject_code,
        member_sums.grade,
        member_sums.breakdown,
        member_sums.distinct_unit_id,
        member_sums.units,
        member_sums.numerator,
        member_sums.denominator,
        member_sums.sum_squares
    from member_sums
    inner join today on member_sums.member_code = today.member_code
    inner join levels on member_sums.indicator_code = levels.indicator_code and today.level = levels.level
    where member_sums.is_current
),

counted_days as (
    select distinct
        member_sums.indicator_code,
        member_sums.methodology_version,
        member_sums.is_current,
        member_sums.period,
        member_sums.event_date,
        member_sums.subject_code,
        member_sums.grade,
        member_sums.breakdown
    from member_sums
    inner join kinds on member_sums.indicator_code = kinds.indicator_code
    where kinds.unit = 'count' and kinds.period_kind = 'as_of'
),

-- a count is 0 for every entity that is there on the day, though it have no school
empty_counts as (
    select
        counted_days.indicator_code,
        counted_days.methodology_version,
        'as_was' as structure,
        counted_days.period,
        entities.level,
        entities.entity_code,
        counted_days.subject_code,
        counted_days.grade,
        counted_days.breakdown
    from counted_days
    inner join levels on counted_days.indicator_code = levels.indicator_code
    inner join entities
        on
            levels.level = entities.level
            and counted_days.event_date between entities.valid_from and entities.valid_to
    union
    select
        counted_days.indicator_code,
        counted_days.methodology_version,
        'today' as structure,
        counted_days.period,
        entities_today.level,
        entities_today.entity_code,
        counted_days.subject_code,
        counted_days.grade,
        counted_days.breakdown
    from counted_days
    inner join levels on counted_days.indicator_code = levels.indicator_code
    inner join entities_today on levels.level = entities_today.level
    where counted_days.is_current
),

contributions as (
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
        max(units) as units,
        max(numerator) as numerator,
        max(denominator) as denominator,
        max(sum_squares) as sum_squares
    from placed
    where distinct_unit_id is not null
    group by
        indicator_code,
        methodology_version,
        structure,
        period,
        level,
        entity_code,
        subject_code,
        grade,
        breakdown,
        distinct_unit_id
    union all
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
        units,
        numerator,
        denominator,
        sum_squares
    from placed
    where distinct_unit_id is null
    union all
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
        0 as units,
        0 as numerator,
        null as denominator,
        null as sum_squares
    from empty_counts
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
    sum(numerator) as numerator,
    sum(denominator) as denominator,
    case when count(*) = count(sum_squares) then sum(sum_squares) end as sum_squares,
    cast(sum(units) as bigint) as n
from contributions
group by indicator_code, methodology_version, structure, period, level, entity_code, subject_code, grade, breakdown
