-- Grain: one row per fault of the surveys that keeps answers out of the indicators, or out of a judgement.
with questionnaires as (
    select * from {{ ref('fct_survey_questionnaire') }}
),

responses as (
    select * from {{ ref('fct_survey_response') }}
),

waves as (
    select * from {{ ref('dim_survey_wave') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

unplaced as (
    select
        survey_code,
        wave,
        respondent_group,
        sum(case when not is_consistent then 1 else 0 end) as conflicting,
        sum(case when is_consistent and member_code is null then 1 else 0 end) as placeless
    from questionnaires
    group by survey_code, wave, respondent_group
),

nodes as (
    select
        questionnaires.survey_code,
        questionnaires.wave,
        questionnaires.rated_node_code,
        count(distinct questionnaires.questionnaire_id) as questionnaires
    from questionnaires
    left join membership
        on
            questionnaires.member_code = membership.member_code
            and questionnaires.event_date between membership.valid_from and membership.valid_to
    where questionnaires.is_organisation and questionnaires.member_code is not null and membership.member_code is null
    group by questionnaires.survey_code, questionnaires.wave, questionnaires.rated_node_code
),

crowded as (
    select
        responses.*,
        entities.entity_name
    from responses
    left join entities
        on
            entities.level = 'school'
            and responses.member_code = entities.entity_code
            and responses.event_date between entities.name_from and entities.name_to
    where responses.respondents > responses.invited
),

faults as (
    select
        'survey_questionnaire_conflict' as rule_code,
        unplaced.wave as period,
        region.region_code as entity_code,
        region.region_name as entity_name,
        cast(unplaced.conflicting as double precision) as value,
        cast(null as double precision) as expected,
        unplaced.survey_code || ', ' || unplaced.wave || ', ' || unplaced.respondent_group
        || ': анкет, в которых названы разные школы, узлы или группы: ' || cast(unplaced.conflicting as text) as message_ru
    from unplaced
    cross join region
    where unplaced.conflicting > 0
    union all
    select
        'survey_questionnaire_placeless' as rule_code,
        unplaced.wave as period,
        region.region_code as entity_code,
        region.region_name as entity_name,
        cast(unplaced.placeless as double precision) as value,
        cast(null as double precision) as expected,
        unplaced.survey_code || ', ' || unplaced.wave || ', ' || unplaced.respondent_group
        || ': анкет, в которых не сказано, о какой школе или о каком узле они: ' || cast(unplaced.placeless as text) as message_ru
    from unplaced
    cross join region
    where unplaced.placeless > 0
    union all
    select
        'survey_node_unknown' as rule_code,
        nodes.wave as period,
        nodes.rated_node_code as entity_code,
        nodes.rated_node_code as entity_name,
        cast(nodes.questionnaires as double precision) as value,
        cast(null as double precision) as expected,
        nodes.survey_code || ', ' || nodes.wave || ': узла ' || nodes.rated_node_code || ' среди КЦ и УМЦ нет, анкет о нём '
        || cast(nodes.questionnaires as text) as message_ru
    from nodes
    union all
    select
        'survey_more_answers_than_people' as rule_code,
        wave as period,
        member_code as entity_code,
        coalesce(entity_name, member_code) as entity_name,
        cast(respondents as double precision) as value,
        cast(invited as double precision) as expected,
        coalesce(entity_name, member_code) || ', ' || survey_code || ', ' || wave || ', ' || respondent_group || ': ответило '
        || cast(respondents as text) || ', а всего их ' || cast(invited as text) as message_ru
    from crowded
    union all
    select
        'survey_waves_differ' as rule_code,
        waves.wave as period,
        region.region_code as entity_code,
        region.region_name as entity_name,
        cast(waves.common_questions as double precision) as value,
        cast(waves.questions as double precision) as expected,
        waves.survey_code || ', ' || waves.wave || ', ' || waves.respondent_group || ': с волной ' || waves.previous_wave
        || ' общих вопросов ' || cast(waves.common_questions as text) || ' из ' || cast(waves.questions as text)
        || ', об изменении не судят' as message_ru
    from waves
    cross join region
    where waves.previous_wave is not null and waves.is_comparable is distinct from true
)

select
    rule_code,
    'surveys' as source,
    period,
    entity_code,
    entity_name,
    cast(null as text) as subject_code,
    value,
    expected,
    message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from faults
