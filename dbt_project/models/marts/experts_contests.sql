-- Grain: one row per calendar year and municipality or region: its experts, and the entries of its organisations in competitions.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where
        indicator_code in ('expert_pool', 'expert_pool_per_1000')
        and breakdown = ''
        and level in ('municipality', 'region')
),

entries as (
    select * from {{ ref('competition_entries') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

-- the last as-of date of a year stands for it
expert_days as (
    select
        substring(period, 1, 4) as year_label,
        max(period) as period
    from published
    group by substring(period, 1, 4)
),

experts as (
    select
        cast(expert_days.year_label as bigint) as calendar_year,
        published.level,
        published.entity_code,
        max(cast(published.period as date)) as experts_as_of_date,
        max(case when published.indicator_code = 'expert_pool' then published.value end) as experts,
        max(case when published.indicator_code = 'expert_pool_per_1000' then published.value end) as experts_per_1000
    from published
    inner join expert_days on published.period = expert_days.period
    group by expert_days.year_label, published.level, published.entity_code
),

regions as (
    select distinct entity_code
    from entities
    where level = 'region'
),

placed_entries as (
    select
        competition_year,
        'municipality' as level,
        municipality_code as entity_code,
        competition_result,
        score_sum,
        max_score_sum
    from entries
    where municipality_code is not null
    union all
    select
        entries.competition_year,
        'region' as level,
        regions.entity_code,
        entries.competition_result,
        entries.score_sum,
        entries.max_score_sum
    from entries
    cross join regions
),

contests as (
    select
        competition_year as calendar_year,
        level,
        entity_code,
        count(*) as entries,
        sum(case when competition_result = 'победитель' then 1 else 0 end) as winners,
        sum(case when competition_result = 'призёр' then 1 else 0 end) as prize_winners,
        sum(score_sum) / nullif(sum(max_score_sum), 0) as score_share
    from placed_entries
    group by competition_year, level, entity_code
),

cells as (
    select
        calendar_year,
        level,
        entity_code
    from experts
    union
    select
        calendar_year,
        level,
        entity_code
    from contests
)

select
    cells.calendar_year,
    cells.level,
    cells.entity_code,
    entities.entity_name,
    experts.experts_as_of_date,
    cast(experts.experts as bigint) as experts,
    experts.experts_per_1000,
    contests.entries,
    cast(contests.winners as bigint) as winners,
    cast(contests.prize_winners as bigint) as prize_winners,
    contests.score_share
from cells
left join experts
    on cells.calendar_year = experts.calendar_year and cells.level = experts.level and cells.entity_code = experts.entity_code
left join contests
    on cells.calendar_year = contests.calendar_year and cells.level = contests.level and cells.entity_code = contests.entity_code
left join entities
    on
        cells.level = entities.level
        and cells.entity_code = entities.entity_code
        and {{ day_of_year('cells.calendar_year', parameter('competition_day', as_text=true)) }}
        between entities.name_from and entities.name_to
