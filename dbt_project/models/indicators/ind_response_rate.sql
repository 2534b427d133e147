-- Grain: one row per survey, wave, group of respondents and school or node whose number of the invited is known.
with responses as (
    select * from {{ ref('fct_survey_response') }}
)

select
    survey_code || '/' || wave || '/' || respondent_group || '/' || member_code as unit_id,
    invited as units,
    member_code,
    '' as class_name,
    event_date,
    wave as period,
    '' as subject_code,
    '' as grade,
    breakdown,
    cast(respondents as double precision) as numerator,
    cast(invited as double precision) as denominator,
    cast(null as double precision) as sum_squares
from responses
-- more answers than people who could give them: the number of the invited, or of the answers, is wrong
where invited > 0 and respondents <= invited
