-- Grain: one row per survey, wave and group of respondents that answered.
with answers as (
    select * from {{ ref('fct_survey_answer') }}
),

calendar as (
    select * from {{ ref('stg_survey_waves__wave') }}
),

-- what «70 % answered» is of: every question on a scale of points that anybody was asked in the wave
asked as (
    select distinct
        survey_code,
        wave,
        question_code
    from answers
    where scale_kind = 'баллы'
),

asked_counts as (
    select
        survey_code,
        wave,
        count(*) as questions
    from asked
    group by survey_code, wave
),

days as (
    select
        survey_code,
        wave,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on
    from calendar
    group by survey_code, wave
),

waves as (
    select distinct
        survey_code,
        wave,
        respondent_group
    from answers
),

broken_down as (
    select
        *,
        respondent_group
        || case when count(*) over (partition by wave, respondent_group) > 1 then ' · ' || survey_code else '' end as breakdown
    from waves
),

named as (
    select
        *,
        lag(wave) over survey_waves as previous_wave,
        lag(breakdown) over survey_waves as previous_breakdown
    from broken_down
    window survey_waves as (partition by survey_code, respondent_group order by wave)
),

common as (
    select
        named.survey_code,
        named.wave,
        named.respondent_group,
        count(*) as common_questions
    from named
    inner join asked as now on named.survey_code = now.survey_code and named.wave = now.wave
    inner join asked as earlier
        on
            named.survey_code = earlier.survey_code
            and named.previous_wave = earlier.wave
            and now.question_code = earlier.question_code
    group by named.survey_code, named.wave, named.respondent_group
)

select
    named.survey_code,
    named.wave,
    named.respondent_group,
    cast(named.wave || '-01' as date) as wave_day,
    days.starts_on,
    days.ends_on,
    named.breakdown,
    coalesce(asked_counts.questions, 0) as questions,
    named.previous_wave,
    named.previous_breakdown,
    case when named.previous_wave is not null then coalesce(common.common_questions, 0) end as common_questions,
    common.common_questions * 100
    >= {{ parameter('survey_overlap_percent') }} * greatest(asked_counts.questions, asked_before.questions) as is_comparable
from named
left join asked_counts on named.survey_code = asked_counts.survey_code and named.wave = asked_counts.wave
left join asked_counts as asked_before
    on named.survey_code = asked_before.survey_code and named.previous_wave = asked_before.wave
left join days on named.survey_code = days.survey_code and named.wave = days.wave
left join common
    on
        named.survey_code = common.survey_code
        and named.wave = common.wave
        and named.respondent_group = common.respondent_group
