-- Grain: one row per survey, wave, questionnaire and question, over the long form and the exports of forms.
with long_answers as (
    select * from {{ ref('stg_surveys__answer') }}
),

form_answers as (
    select * from {{ ref('stg_survey_forms__answer') }}
),

questionnaires as (
    select * from {{ ref('stg_survey_forms__questionnaire') }}
),

questions as (
    select
        *,
        row_number() over (partition by survey_code, respondent_group, question_code order by length(version) desc, version desc) as recency
    from {{ ref('dim_survey_question') }}
),

answers as (
    select
        survey_code,
        cast(null as text) as version,
        wave,
        respondent_group,
        rater_node_code,
        rated_node_code,
        school_code,
        questionnaire_id,
        cast(null as date) as answered_on,
        question_code,
        answer,
        1 as scale_least,
        5 as scale_greatest,
        'surveys' as origin,
        modified_at,
        file_name,
        row_number
    from long_answers
    union all
    select
        questionnaires.survey_code,
        questionnaires.version,
        questionnaires.wave,
        questionnaires.respondent_group,
        questionnaires.rater_node_code,
        questionnaires.rated_node_code,
        questionnaires.school_code,
        questionnaires.questionnaire_id,
        questionnaires.answered_on,
        form_answers.question_code,
        form_answers.answer,
        form_answers.scale_least,
        form_answers.scale_greatest,
        'survey_forms' as origin,
        form_answers.modified_at,
        form_answers.file_name,
        form_answers.row_number
    from form_answers
    inner join questionnaires
        on form_answers.survey_code = questionnaires.survey_code and form_answers.questionnaire_id = questionnaires.questionnaire_id
),

-- the same answer in both forms: the file that was changed last counts, then the greater path
ranked as (
    select
        *,
        row_number() over (
            partition by survey_code, wave, questionnaire_id, question_code
            order by modified_at desc, {{ byte_order('file_name') }} desc, origin asc
        ) as place
    from answers
),

-- a question of the respondent's own group, else one of a form that asks for the group
told as (
    select
        ranked.*,
        coalesce(own.version, common.version) as question_version,
        coalesce(own.respondent_group, common.respondent_group) as question_group,
        coalesce(own.is_reversed, common.is_reversed) as is_reversed,
        case when ranked.origin = 'surveys' then 'баллы' else coalesce(own.scale_kind, common.scale_kind) end as scale_kind
    from ranked
    left join questions as own
        on
            ranked.survey_code = own.survey_code
            and ranked.question_code = own.question_code
            and ranked.respondent_group = own.respondent_group
            and (ranked.version = own.version or (ranked.version is null and own.recency = 1))
    left join questions as common
        on
            ranked.survey_code = common.survey_code
            and ranked.question_code = common.question_code
            and common.respondent_group = 'из ответа'
            and (ranked.version = common.version or (ranked.version is null and common.recency = 1))
    where ranked.place = 1
),

scored as (
    select
        *,
        case
            when scale_kind = 'баллы'
                then 1 + 4 * cast(answer - scale_least as double precision) / (scale_greatest - scale_least)
        end as score
    from told
)

select
    survey_code,
    wave,
    questionnaire_id,
    question_code,
    question_version,
    question_group,
    respondent_group,
    rater_node_code,
    rated_node_code,
    school_code,
    answered_on,
    answer,
    scale_kind,
    scale_least,
    scale_greatest,
    is_reversed,
    case when is_reversed then 6 - score else score end as score,
    origin,
    file_name,
    row_number
from scored
