-- Grain: one row per survey_code, wave, respondent_group and rated_node_code.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('survey_waves') }} as rows_that_count
)

select
    survey_code,
    wave,
    starts_on,
    ends_on,
    respondent_group,
    rated_node_code,
    file_name,
    row_number
from source
