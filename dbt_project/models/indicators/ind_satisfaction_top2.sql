-- Grain: one row per questionnaire that counts.
-- Each counts once, however many questions it answers: the share of its answers is its part of the numerator, so Wilson's interval is of
-- questionnaires, not of answers that one hand gave.
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
    top_share as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from questionnaires
where is_counted
