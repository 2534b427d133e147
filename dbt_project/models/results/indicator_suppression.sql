-- Grain: one row per cell of indicator_values whose value is closed in the open marts, and why.
-- Primary: 1–4 people. Complementary, on the tree school – municipality – region: no closed cell may be had by subtracting the open ones
-- from an open parent, so under every open parent at least two cells are closed and at least five people stand behind them;
-- a municipality closed for that reason has a closed school too, or it could be added up. The choice goes by n, never by value.
with cells_before as (
    select * from {{ ref('indicator_values') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

parents as (
    select * from {{ ref('indicator_parents') }}
),

constants as (
    select {{ parameter('suppression_min_people') }} as min_people
),

cells as (
    select
        cells_before.indicator_code,
        cells_before.period,
        cells_before.level,
        cells_before.entity_code,
        cells_before.subject_code,
        cells_before.grade,
        cells_before.breakdown,
        cells_before.n,
        constants.min_people,
        cells_before.n < constants.min_people as is_primary
    from cells_before
    inner join indicators on cells_before.indicator_code = indicators.indicator_code
    cross join constants
    where indicators.is_suppressible and cells_before.n > 0
),

schools as (
    select
        cells.*,
        parents.municipality_code
    from cells
    inner join parents
        on
            cells.indicator_code = parents.indicator_code
            and cells.period = parents.period
            and cells.subject_code = parents.subject_code
            and cells.grade = parents.grade
            and cells.breakdown = parents.breakdown
            and cells.entity_code = parents.school_code
    where cells.level = 'school'
),

municipalities as (
    select
        *,
        sum(case when is_primary then 1 else 0 end) over slice as closed_cells,
        sum(case when is_primary then n else 0 end) over slice as closed_people,
        row_number() over (
            partition by indicator_code, period, subject_code, grade, breakdown, is_primary
            order by n, entity_code
        ) as place
    from cells
    where level = 'municipality'
    window slice as (partition by indicator_code, period, subject_code, grade, breakdown)
),

closed_municipalities as (
    select
        *,
        case when is_primary then 'primary' else 'complementary' end as suppression
    from municipalities
    where is_primary or (place = 1 and closed_cells > 0 and (closed_cells = 1 or closed_people < min_people))
),

ranked_schools as (
    select
        *,
        sum(case when is_primary then 1 else 0 end) over municipality as closed_cells,
        sum(case when is_primary then n else 0 end) over municipality as closed_people,
        row_number() over (
            partition by indicator_code, period, subject_code, grade, breakdown, municipality_code, is_primary
            order by n, entity_code
        ) as place
    from schools
    window municipality as (partition by indicator_code, period, subject_code, grade, breakdown, municipality_code)
),

closed_schools as (
    select
        ranked_schools.*,
        case when ranked_schools.is_primary then 'primary' else 'complementary' end as suppression
    from ranked_schools
    left join closed_municipalities
        on
            ranked_schools.indicator_code = closed_municipalities.indicator_code
            and ranked_schools.period = closed_municipalities.period
            and ranked_schools.subject_code = closed_municipalities.subject_code
            and ranked_schools.grade = closed_municipalities.grade
            and ranked_schools.breakdown = closed_municipalities.breakdown
            and ranked_schools.municipality_code = closed_municipalities.entity_code
    where
        ranked_schools.is_primary
        or (
            ranked_schools.place = 1
            and (
                ranked_schools.closed_cells = 1
                or (ranked_schools.closed_cells > 0 and ranked_schools.closed_people < ranked_schools.min_people)
                or (ranked_schools.closed_cells = 0 and closed_municipalities.suppression = 'complementary')
            )
        )
)

select
    indicator_code,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    max(suppression) as suppression
from closed_schools
group by indicator_code, period, level, entity_code, subject_code, grade, breakdown
union all
select
    indicator_code,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    suppression
from closed_municipalities
union all
select
    indicator_code,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    'primary' as suppression
from cells
where is_primary and level not in ('school', 'municipality')
