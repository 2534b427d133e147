-- Grain: one row per cell of people in a slice that has a cell of 1-4 people.
-- A slice is what may be added and subtracted: one family of indicators, period, subject and class (and breakdown, where that does not
-- divide the same people). `room_below` and `room_above` say how far the numerator is from the least and the greatest it could be.
{{ config(schema='intermediate', materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}") }}

with cells as (
    select * from {{ rebuilt_results(ref('indicator_compared')) }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

constants as (
    select {{ parameter('suppression_min_people') }} as min_people
),

protected as (
    select
        indicators.family
        || '|' || cells.period
        || '|' || cells.subject_code
        || '|' || cells.grade
        || '|' || case
            when indicators.is_breakdown_part then {{ without_last_part('cells.breakdown') }}
            else cells.breakdown
        end as slice_id,
        indicators.family,
        cells.indicator_code,
        cells.period,
        cells.level,
        cells.entity_code,
        cells.subject_code,
        cells.grade,
        cells.breakdown,
        cells.n,
        cells.n < constants.min_people as is_primary,
        cells.numerator - indicators.least_value * coalesce(cells.denominator, cells.n) as room_below,
        indicators.greatest_value * coalesce(cells.denominator, cells.n) - cells.numerator as room_above
    from cells
    inner join indicators on cells.indicator_code = indicators.indicator_code
    cross join constants
    where
        indicators.is_suppressible
        and cells.n > 0
        and not {{ is_listed('indicators.core_levels', 'cells.level') }}
        and not {{ is_open_breakdown('indicators.open_breakdowns', 'cells.breakdown') }}
)

select
    slice_id,
    family,
    indicator_code,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    n,
    is_primary,
    room_below,
    room_above
from protected
where slice_id in (
    select hiding.slice_id
    from protected as hiding
    where hiding.is_primary
)
