-- Grain: one row per survey_code and questionnaire_id.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('survey_forms') }} as rows_that_count
)

select
    survey_code,
    version,
    wave,
    respondent_group,
    rater_node_code,
    rated_node_code,
    school_code,
    questionnaire_id,
    answered_on,
    file_name,
    row_number
from source
