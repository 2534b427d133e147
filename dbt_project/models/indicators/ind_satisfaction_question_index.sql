-- Grain: one row per answer, on a scale of points, of a questionnaire that counts.
with questionnaires as (
    select * from {{ ref('fct_survey_questionnaire') }}
),

answers as (
    select * from {{ ref('fct_survey_answer') }}
),

scored as (
    select
        questionnaires.survey_code,
        questionnaires.wave,
        questionnaires.questionnaire_id,
        questionnaires.member_code,
        questionnaires.event_date,
        questionnaires.breakdown || ' · ' || answers.question_code as breakdown,
        (answers.score - 1) / 4 * 100 as points
    from questionnaires
    inner join answers
        on
            questionnaires.survey_code = answers.survey_code
            and questionnaires.wave = answers.wave
            and questionnaires.questionnaire_id = answers.questionnaire_id
    where questionnaires.is_counted and answers.score is not null
)

select
    survey_code || '/' || wave || '/' || questionnaire_id as unit_id,
    cast(1 as bigint) as units,
    member_code,
    '' as class_name,
    event_date,
    wave as period,
    '' as subject_code,
    '' as grade,
    breakdown,
    points as numerator,
    cast(1 as double precision) as denominator,
    points * points as sum_squares
from scored
