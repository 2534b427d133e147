-- Grain: one row per survey, version, respondent group of the map and question; questions of the long form that no map has included.
with mapped as (
    select * from {{ ref('stg_survey_questions__question') }}
),

answers as (
    select * from {{ ref('stg_surveys__answer') }}
),

asked as (
    select distinct
        survey_code,
        respondent_group,
        question_code
    from answers
),

known as (
    select distinct
        survey_code,
        respondent_group,
        question_code
    from mapped
    where purpose = 'вопрос'
),

unmapped as (
    select asked.*
    from asked
    left join known
        on
            asked.survey_code = known.survey_code
            and asked.question_code = known.question_code
            and known.respondent_group in (asked.respondent_group, 'из ответа')
    where known.survey_code is null
)

select
    survey_code,
    version,
    respondent_group,
    question_code,
    question_text,
    scale,
    scale_least,
    scale_greatest,
    scale_kind,
    is_reversed,
    true as is_mapped
from mapped
where purpose = 'вопрос'
union all
select
    survey_code,
    '' as version,
    respondent_group,
    question_code,
    cast(null as text) as question_text,
    '1-5' as scale,
    1 as scale_least,
    5 as scale_greatest,
    'баллы' as scale_kind,
    false as is_reversed,
    false as is_mapped
from unmapped
