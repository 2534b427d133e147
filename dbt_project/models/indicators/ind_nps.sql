-- Grain: one row per questionnaire with an answer on a scale of 0–10.
with questionnaires as (
    select * from {{ ref('fct_survey_questionnaire') }}
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
    recommendation_points as numerator,
    cast(1 as double precision) as denominator,
    recommendation_points * recommendation_points as sum_squares
from questionnaires
where recommendation_points is not null and member_code is not null
