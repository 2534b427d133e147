-- Grain: one row per questionnaire that counts.
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
    index_value as numerator,
    cast(1 as double precision) as denominator,
    index_value * index_value as sum_squares
from questionnaires
where is_counted
