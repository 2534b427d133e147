-- Grain: one row per competition of organisations.
with scores as (
    select * from {{ ref('stg_competitions__score') }}
)

select
    competition_key,
    min({{ byte_order('competition') }}) as competition,
    cast(min(year) as bigint) as first_year,
    cast(max(year) as bigint) as last_year
from scores
group by competition_key
