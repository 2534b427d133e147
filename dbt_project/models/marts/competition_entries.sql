-- Grain: one row per competition of organisations, year and entry.
with entries as (
    select * from {{ ref('fct_competition_entry') }}
),

competitions as (
    select * from {{ ref('dim_competition') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
    where level = 'municipality'
),

entities as (
    select * from {{ ref('dim_entity') }}
),

dated as (
    select
        *,
        {{ day_of_year('competition_year', parameter('competition_day', as_text=true)) }} as competition_day
    from entries
),

placed as (
    select
        dated.*,
        coalesce(membership.entity_code, dated.municipality_code) as placed_municipality_code
    from dated
    left join membership
        on
            dated.school_code = membership.member_code
            and dated.competition_day between membership.valid_from and membership.valid_to
)

select
    placed.competition_year,
    placed.competition_key,
    competitions.competition,
    placed.entry_number,
    placed.nomination,
    placed.school_code,
    schools.entity_name as school_name,
    schools.school_title,
    placed.placed_municipality_code as municipality_code,
    municipalities.entity_name as municipality_name,
    placed.competition_result,
    placed.experts,
    placed.score_sum,
    placed.max_score_sum,
    placed.score_sum / nullif(placed.max_score_sum, 0) as score_share
from placed
inner join competitions on placed.competition_key = competitions.competition_key
left join entities as schools
    on
        schools.level = 'school'
        and placed.school_code = schools.entity_code
        and placed.competition_day between schools.name_from and schools.name_to
left join entities as municipalities
    on
        municipalities.level = 'municipality'
        and placed.placed_municipality_code = municipalities.entity_code
        and placed.competition_day between municipalities.name_from and municipalities.name_to
