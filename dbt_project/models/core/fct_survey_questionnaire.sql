-- Grain: one row per survey, wave and questionnaire.
with answers as (
    select * from {{ ref('fct_survey_answer') }}
),

waves as (
    select * from {{ ref('dim_survey_wave') }}
),

respondent_groups as (
    select * from {{ ref('dim_respondent_group') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

constants as (
    select
        {{ parameter('survey_answered_percent') }} as answered_percent,
        {{ parameter('survey_top_score') }} as top_score,
        {{ parameter('nps_promoter_min') }} as promoter_min,
        {{ parameter('nps_detractor_max') }} as detractor_max
),

judged as (
    select
        answers.*,
        case when answers.score is not null then (answers.score - 1) / 4 * 100 end as points,
        case when answers.score is not null then case when answers.score >= constants.top_score then 1 else 0 end end as is_top,
        case
            when answers.scale_kind <> '0–10' or answers.answer is null then null
            when answers.is_reversed then 10 - answers.answer
            else answers.answer
        end as recommendation
    from answers
    cross join constants
),

questionnaires as (
    select
        judged.survey_code,
        judged.wave,
        judged.questionnaire_id,
        max(judged.question_version) as version,
        max(judged.respondent_group) as respondent_group,
        max(judged.rater_node_code) as rater_node_code,
        max(judged.rated_node_code) as rated_node_code,
        max(judged.school_code) as reported_school_code,
        count(distinct judged.respondent_group) = 1
        and count(distinct judged.rated_node_code) <= 1
        and count(distinct judged.school_code) <= 1 as is_consistent,
        count(judged.answer) as answers,
        count(judged.score) as scored_answers,
        avg(judged.points) as mean_points,
        avg(cast(judged.is_top as double precision)) as top_share,
        avg(
            case
                when judged.recommendation >= constants.promoter_min then 100.0
                when judged.recommendation <= constants.detractor_max then -100.0
                when judged.recommendation is not null then 0.0
            end
        ) as recommendation_points,
        max(constants.answered_percent) as answered_percent,
        min({{ byte_order('judged.file_name') }}) as file_name
    from judged
    cross join constants
    group by judged.survey_code, judged.wave, judged.questionnaire_id
),

-- the first row of the questionnaire in the file that it comes from
first_rows as (
    select
        survey_code,
        wave,
        questionnaire_id,
        file_name,
        min(row_number) as row_number
    from answers
    group by survey_code, wave, questionnaire_id, file_name
),

placed as (
    select
        questionnaires.*,
        waves.wave_day as event_date,
        waves.breakdown,
        waves.questions,
        respondent_groups.is_organisation,
        coalesce(attribution.attributed_code, questionnaires.reported_school_code) as school_code,
        questionnaires.scored_answers > 0
        and questionnaires.scored_answers * 100 >= questionnaires.answered_percent * waves.questions as is_complete
    from questionnaires
    inner join waves
        on
            questionnaires.survey_code = waves.survey_code
            and questionnaires.wave = waves.wave
            and questionnaires.respondent_group = waves.respondent_group
    inner join respondent_groups on questionnaires.respondent_group = respondent_groups.respondent_group
    left join attribution
        on
            questionnaires.reported_school_code = attribution.school_code
            and waves.wave_day between attribution.valid_from and attribution.valid_to
),

-- people speak of a school, organisations of a node: what speaks of nobody, or of two, counts nowhere
assigned as (
    select
        *,
        case
            when not is_consistent then null
            when is_organisation then {{ node_member('rated_node_code') }}
            else school_code
        end as member_code
    from placed
)

select
    assigned.survey_code,
    assigned.wave,
    assigned.questionnaire_id,
    assigned.version,
    assigned.respondent_group,
    assigned.breakdown,
    assigned.is_organisation,
    assigned.rater_node_code,
    assigned.rated_node_code,
    assigned.reported_school_code,
    assigned.school_code,
    assigned.member_code,
    assigned.event_date,
    assigned.questions,
    assigned.answers,
    assigned.scored_answers,
    assigned.is_consistent,
    assigned.is_complete,
    assigned.is_complete and assigned.member_code is not null as is_counted,
    case when assigned.is_complete then assigned.mean_points end as index_value,
    case when assigned.is_complete then assigned.top_share end as top_share,
    cast(assigned.recommendation_points as double precision) as recommendation_points,
    assigned.file_name,
    first_rows.row_number
from assigned
inner join first_rows
    on
        assigned.survey_code = first_rows.survey_code
        and assigned.wave = first_rows.wave
        and assigned.questionnaire_id = first_rows.questionnaire_id
        and assigned.file_name = first_rows.file_name
