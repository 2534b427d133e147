-- Grain: one row per parameter of the rules.
with parameters as (
    select * from {{ ref('parameters') }}
)

select
    parameter_code,
    value as parameter_value,
    description_ru as parameter_name,
    evidence
from parameters
