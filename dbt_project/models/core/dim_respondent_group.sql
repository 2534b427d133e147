-- Grain: one row per group of respondents.
with groups as (
    select * from {{ ref('respondent_groups') }}
)

select
    respondent_group,
    place,
    is_organisation,
    contingent
from groups
