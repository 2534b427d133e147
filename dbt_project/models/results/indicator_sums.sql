-- Grain: one row per indicator, period, level, entity, subject, class and breakdown: the one roll-up of all indicators.
-- An upper level is the sum over the units below it, never a mean of means; a unit of `distinct_units` counts once in an entity.
{{ config(schema='intermediate') }}

with levels as (
    {{ indicator_levels() }}
),

units as (
    {{ indicator_units() }}
),

membership as (
    select * from {{ ref('bridge_school_entity') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

kinds as (
    select distinct
        indicator_code,
        period_kind,
        distinct_units
    from levels
),

-- summed by school first, which is most of the way; what counts once in an entity stays as it is
school_sums as (
    select
        units.indicator_code,
        units.period,
        units.school_code,
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
        units.period,
        units.school_code,
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
        *,
        case
            when period_kind = 'year'
                then least(event_date, {{ day_of_year('substring(period, 1, 4)', parameter('network_last_day', as_text=true)) }})
            else event_date
        end as network_date
    from school_sums
),

placed as (
    select
        dated.indicator_code,
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
            dated.school_code = membership.school_code
            and case
                when membership.level in ('school', 'municipality', 'region') then dated.event_date
                else dated.network_date
            end between membership.valid_from and membership.valid_to
    inner join levels on dated.indicator_code = levels.indicator_code and membership.level = levels.level
),

count_days as (
    select distinct
        levels.indicator_code,
        levels.level,
        units.period,
        units.event_date
    from levels
    inner join units on levels.indicator_code = units.indicator_code
    where levels.unit = 'count' and levels.period_kind = 'as_of'
),

-- a count is 0 for every entity that is there on the day, though it have no school
empty_counts as (
    select
        count_days.indicator_code,
        count_days.period,
        entities.level,
        entities.entity_code
    from count_days
    inner join entities
        on count_days.level = entities.level and count_days.event_date between entities.valid_from and entities.valid_to
),

contributions as (
    select
        indicator_code,
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
    group by indicator_code, period, level, entity_code, subject_code, grade, breakdown, distinct_unit_id
    union all
    select
        indicator_code,
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
        period,
        level,
        entity_code,
        '' as subject_code,
        '' as grade,
        '' as breakdown,
        0 as units,
        0 as numerator,
        null as denominator,
        null as sum_squares
    from empty_counts
)

select
    indicator_code,
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
group by indicator_code, period, level, entity_code, subject_code, grade, breakdown
