-- Grain: one row per survey, questionnaire and question of the exports of forms.
with source as (
    select * from {{ current_rows('survey_form_answers') }} as rows_that_count
)

select
    survey_code,
    questionnaire_id,
    question_code,
    answer,
    scale_least,
    scale_greatest,
    file_name,
    row_number,
    modified_at
from source
