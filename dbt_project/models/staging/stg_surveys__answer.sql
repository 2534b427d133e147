-- Grain: one row per survey, wave, questionnaire and question of the long form.
with source as (
    select * from {{ current_rows('surveys') }} as rows_that_count
)

select
    survey_code,
    wave,
    respondent_group,
    rater_node_code,
    rated_node_code,
    school_code,
    questionnaire_id,
    question_code,
    answer,
    file_name,
    row_number,
    modified_at
from source
