-- Grain: one row per closed cell of a derived indicator: of few people, or telling a closed cell of the indicator that it comes from.
{{ config(schema='intermediate') }}

with closed_cells as (
    select * from {{ ref('suppression_closed') }}
),

derived as (
    select * from {{ ref('indicator_derived') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

waves as (
    select * from {{ ref('dim_survey_wave') }}
),

constants as (
    select {{ parameter('suppression_min_people') }} as min_people
),

derived_cells as (
    select
        derived.indicator_code,
        derived.period,
        derived.level,
        derived.entity_code,
        derived.subject_code,
        derived.grade,
        derived.breakdown,
        indicators.derived_from,
        indicators.compared_with,
        {{ period_before('derived.period', 'indicators.period_kind') }} as period_before,
        {{ period_day('derived.period', 'indicators.period_kind') }} as period_day,
        indicators.period_kind,
        derived.n between 1 and constants.min_people - 1
        or coalesce(derived.n_other between 1 and constants.min_people - 1, false) as is_primary
    from derived
    inner join indicators on derived.indicator_code = indicators.indicator_code
    cross join constants
    where
        indicators.is_suppressible
        and not {{ is_open_breakdown('indicators.open_breakdowns', 'derived.breakdown') }}
),

-- the cells of the other indicator that a derived one is made of: its own, that of the period before, that of the cluster
sources as (
    select
        derived_cells.*,
        derived_cells.level as source_level,
        derived_cells.entity_code as source_entity,
        derived_cells.period as source_period,
        derived_cells.breakdown as source_breakdown
    from derived_cells
    union all
    select
        derived_cells.*,
        derived_cells.level as source_level,
        derived_cells.entity_code as source_entity,
        coalesce(waves.previous_wave, derived_cells.period_before) as source_period,
        coalesce(waves.previous_breakdown, derived_cells.breakdown) as source_breakdown
    from derived_cells
    left join waves
        on
            derived_cells.period_kind = 'wave'
            and derived_cells.period = waves.wave
            and derived_cells.breakdown = waves.breakdown
    where derived_cells.compared_with = 'previous'
    union all
    select
        derived_cells.*,
        membership.level as source_level,
        membership.entity_code as source_entity,
        derived_cells.period as source_period,
        derived_cells.breakdown as source_breakdown
    from derived_cells
    inner join membership
        on
            derived_cells.entity_code = membership.member_code
            and membership.level = 'cluster'
            and derived_cells.period_day between membership.valid_from and membership.valid_to
    where derived_cells.compared_with = 'cluster'
),

closed_derived as (
    select
        sources.indicator_code,
        sources.period,
        sources.level,
        sources.entity_code,
        sources.subject_code,
        sources.grade,
        sources.breakdown,
        bool_or(sources.is_primary) as is_primary
    from sources
    left join closed_cells
        on
            sources.derived_from = closed_cells.indicator_code
            and sources.source_period = closed_cells.period
            and sources.source_level = closed_cells.level
            and sources.source_entity = closed_cells.entity_code
            and sources.subject_code = closed_cells.subject_code
            and sources.grade = closed_cells.grade
            and (sources.source_breakdown = closed_cells.breakdown or sources.source_breakdown = '')
    where sources.is_primary or closed_cells.indicator_code is not null
    group by
        sources.indicator_code,
        sources.period,
        sources.level,
        sources.entity_code,
        sources.subject_code,
        sources.grade,
        sources.breakdown
)

select
    indicator_code,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    case when is_primary then 'primary' else 'complementary' end as suppression
from closed_derived
