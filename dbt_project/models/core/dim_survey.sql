-- Grain: one row per survey and version of its questionnaire.
with questions as (
    select * from {{ ref('dim_survey_question') }}
),

answers as (
    select * from {{ ref('fct_survey_answer') }}
),

used as (
    select
        survey_code,
        question_version as version,
        min(wave) as first_wave,
        max(wave) as last_wave
    from answers
    group by survey_code, question_version
),

described as (
    select
        survey_code,
        version,
        bool_and(is_mapped) as is_mapped,
        count(distinct question_code) as questions,
        count(distinct case when scale_kind = 'баллы' then question_code end) as scored_questions,
        bool_or(scale_kind = '0–10') as has_recommendation
    from questions
    group by survey_code, version
)

select
    described.survey_code,
    described.version,
    described.is_mapped,
    described.questions,
    described.scored_questions,
    described.has_recommendation,
    used.first_wave,
    used.last_wave
from described
left join used on described.survey_code = used.survey_code and described.version = used.version
