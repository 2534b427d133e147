-- Grain: one row per wording of a figure of the social passport, with the component that it measures.
with components as (
    select * from {{ ref('context_components') }}
),

wordings as (
    select * from {{ ref('context_wordings') }}
)

select
    wordings.indicator_key,
    components.component_code,
    components.component_name_ru as component_name,
    wordings.measure,
    components.denominator_code,
    components.sign,
    components.weight,
    components.is_optional,
    components.evidence
from wordings
inner join components on wordings.component_code = components.component_code
