-- Grain: one row per expert, a pseudonym.
with memberships as (
    select * from {{ ref('fct_expert_membership') }}
)

select
    person_id,
    count(distinct specialisation_key) as specialisations,
    min(valid_from) as expert_from,
    max(valid_to) as expert_to
from memberships
group by person_id
