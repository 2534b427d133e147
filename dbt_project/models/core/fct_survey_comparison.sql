-- Grain: one row per survey, wave that has an earlier one, group of respondents and questionnaire of either wave that counts on the
-- questions that both waves have: there the rule of the index is applied once more, to the same questions in both.
with waves as (
    select * from {{ ref('dim_survey_wave') }}
),

answers as (
    select * from {{ ref('fct_survey_answer') }}
),

questionnaires as (
    select * from {{ ref('fct_survey_questionnaire') }}
),

constants as (
    select {{ parameter('survey_answered_percent') }} as answered_percent
),

asked as (
    select distinct
        survey_code,
        wave,
        question_code
    from answers
    where scale_kind = 'баллы'
),

pairs as (
    select
        survey_code,
        wave,
        respondent_group,
        breakdown,
        wave as answered_wave,
        previous_wave as other_wave,
        common_questions,
        is_comparable
    from waves
    where common_questions > 0
    union all
    select
        survey_code,
        wave,
        respondent_group,
        breakdown,
        previous_wave as answered_wave,
        wave as other_wave,
        common_questions,
        is_comparable
    from waves
    where common_questions > 0
),

scored as (
    select
        pairs.survey_code,
        pairs.wave,
        pairs.respondent_group,
        pairs.breakdown,
        pairs.answered_wave,
        pairs.common_questions,
        pairs.is_comparable,
        questionnaires.questionnaire_id,
        questionnaires.member_code,
        questionnaires.event_date,
        questionnaires.file_name,
        questionnaires.row_number,
        count(answers.score) as scored_answers,
        avg((answers.score - 1) / 4 * 100) as index_value
    from pairs
    inner join questionnaires
        on
            pairs.survey_code = questionnaires.survey_code
            and pairs.answered_wave = questionnaires.wave
            and pairs.respondent_group = questionnaires.respondent_group
    inner join answers
        on
            questionnaires.survey_code = answers.survey_code
            and questionnaires.wave = answers.wave
            and questionnaires.questionnaire_id = answers.questionnaire_id
    inner join asked
        on
            pairs.survey_code = asked.survey_code
            and pairs.other_wave = asked.wave
            and answers.question_code = asked.question_code
    where questionnaires.member_code is not null and answers.scale_kind = 'баллы'
    group by
        pairs.survey_code,
        pairs.wave,
        pairs.respondent_group,
        pairs.breakdown,
        pairs.answered_wave,
        pairs.common_questions,
        pairs.is_comparable,
        questionnaires.questionnaire_id,
        questionnaires.member_code,
        questionnaires.event_date,
        questionnaires.file_name,
        questionnaires.row_number
)

select
    scored.survey_code,
    scored.wave,
    scored.respondent_group,
    scored.breakdown,
    scored.answered_wave,
    scored.answered_wave <> scored.wave as is_earlier,
    scored.questionnaire_id,
    scored.member_code,
    scored.event_date,
    scored.is_comparable,
    scored.index_value,
    scored.file_name,
    scored.row_number
from scored
cross join constants
where scored.scored_answers > 0 and scored.scored_answers * 100 >= constants.answered_percent * scored.common_questions
