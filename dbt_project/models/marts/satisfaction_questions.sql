-- Grain: one row per wave, level, entity, group of respondents, survey and question on a scale of points.
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

waves as (
    select * from {{ ref('dim_survey_wave') }}
),

questions as (
    select * from {{ ref('dim_survey_question') }}
),

answered as (
    select
        indicator_values.*,
        waves.survey_code,
        waves.respondent_group,
        substring(indicator_values.breakdown, length(waves.breakdown) + 4) as question_code
    from indicator_values
    inner join waves
        on
            indicator_values.period = waves.wave
            and substring(indicator_values.breakdown, 1, length(waves.breakdown) + 3) = waves.breakdown || ' · '
    where indicator_values.indicator_code = 'satisfaction_question_index'
),

asked as (
    select distinct
        survey_code,
        respondent_group,
        question_code
    from answered
),

-- the wording of the last version, of the group's own form first
wordings as (
    select
        asked.survey_code,
        asked.respondent_group,
        asked.question_code,
        questions.question_text,
        row_number() over (
            partition by asked.survey_code, asked.respondent_group, asked.question_code
            order by
                case when questions.respondent_group = asked.respondent_group then 0 else 1 end,
                length(questions.version) desc,
                questions.version desc
        ) as place
    from asked
    inner join questions
        on
            asked.survey_code = questions.survey_code
            and asked.question_code = questions.question_code
            and questions.respondent_group in (asked.respondent_group, 'из ответа')
)

select
    answered.period as wave,
    answered.level,
    answered.entity_code,
    answered.entity_name,
    answered.respondent_group,
    answered.survey_code,
    answered.question_code,
    wordings.question_text,
    answered.n as answers,
    answered.value as index_value,
    answered.ci_low as index_ci_low,
    answered.ci_high as index_ci_high,
    answered.is_suppressed
from answered
left join wordings
    on
        answered.survey_code = wordings.survey_code
        and answered.respondent_group = wordings.respondent_group
        and answered.question_code = wordings.question_code
        and wordings.place = 1
