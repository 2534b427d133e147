-- Grain: one row per survey, wave, group of respondents and member: how many could have answered, how many did.
with waves as (
    select * from {{ ref('dim_survey_wave') }}
),

questionnaires as (
    select * from {{ ref('fct_survey_questionnaire') }}
),

respondent_groups as (
    select * from {{ ref('dim_respondent_group') }}
),

enrolment as (
    select * from {{ ref('stg_enrolment__count') }}
),

employments as (
    select * from {{ ref('fct_staff_employment') }}
),

nodes as (
    select * from {{ ref('stg_network__node') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

-- who answered at all; a node that answers twice is one node, and of a node that does not say who it is nobody knows
answered as (
    select
        survey_code,
        wave,
        respondent_group,
        member_code,
        max(event_date) as event_date,
        case
            when not bool_or(is_organisation) then count(*)
            when count(rater_node_code) = count(*) then count(distinct rater_node_code)
        end as respondents
    from questionnaires
    where member_code is not null and answers > 0
    group by survey_code, wave, respondent_group, member_code
),

-- pupils by the last count before the wave; a family is asked once for each
counts as (
    select
        coalesce(attribution.attributed_code, enrolment.school_code) as school_code,
        enrolment.counted_on,
        sum(enrolment.pupils) as pupils
    from enrolment
    left join attribution
        on
            enrolment.school_code = attribution.school_code
            and enrolment.counted_on between attribution.valid_from and attribution.valid_to
    group by coalesce(attribution.attributed_code, enrolment.school_code), enrolment.counted_on
),

pupils as (
    select
        answered.survey_code,
        answered.wave,
        answered.respondent_group,
        answered.member_code,
        counts.pupils as invited,
        row_number() over (
            partition by answered.survey_code, answered.wave, answered.respondent_group, answered.member_code
            order by counts.counted_on desc
        ) as place
    from answered
    inner join counts
        on
            answered.member_code = counts.school_code
            and answered.event_date >= counts.counted_on
            and counts.counted_on > {{ add_years('answered.event_date', '-' ~ parameter('contingent_max_years')) }}
),

teachers as (
    select
        answered.survey_code,
        answered.wave,
        answered.respondent_group,
        answered.member_code,
        count(distinct employments.person_id) as invited
    from answered
    inner join employments
        on
            answered.member_code = employments.school_code
            and answered.event_date between employments.valid_from and employments.valid_to
    where employments.position_group = 'педагог' and employments.is_main_job is distinct from false
    group by answered.survey_code, answered.wave, answered.respondent_group, answered.member_code
),

-- the nodes of that role under the node that they speak of
raters as (
    select
        answered.survey_code,
        answered.wave,
        answered.respondent_group,
        answered.member_code,
        count(distinct nodes.node_code) as invited
    from answered
    inner join nodes
        on
            answered.member_code = {{ node_member('nodes.parent_code') }}
            and answered.respondent_group = nodes.role
            and answered.event_date between nodes.valid_from and nodes.valid_to
    group by answered.survey_code, answered.wave, answered.respondent_group, answered.member_code
)

select
    answered.survey_code,
    answered.wave,
    answered.respondent_group,
    waves.breakdown,
    answered.member_code,
    answered.event_date,
    answered.respondents,
    cast(
        case respondent_groups.contingent
            when 'обучающиеся' then pupils.invited
            when 'педагогические работники' then teachers.invited
            when 'узлы сети' then raters.invited
        end as bigint
    ) as invited
from answered
inner join waves
    on
        answered.survey_code = waves.survey_code
        and answered.wave = waves.wave
        and answered.respondent_group = waves.respondent_group
inner join respondent_groups on answered.respondent_group = respondent_groups.respondent_group
left join pupils
    on
        answered.survey_code = pupils.survey_code
        and answered.wave = pupils.wave
        and answered.respondent_group = pupils.respondent_group
        and answered.member_code = pupils.member_code
        and pupils.place = 1
left join teachers
    on
        answered.survey_code = teachers.survey_code
        and answered.wave = teachers.wave
        and answered.respondent_group = teachers.respondent_group
        and answered.member_code = teachers.member_code
left join raters
    on
        answered.survey_code = raters.survey_code
        and answered.wave = raters.wave
        and answered.respondent_group = raters.respondent_group
        and answered.member_code = raters.member_code
