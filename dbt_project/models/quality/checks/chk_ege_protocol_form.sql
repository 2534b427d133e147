-- Grain: one row per school, year and subject where the protocol and the yearly form differ; the protocol counts.
with form_results as (
    select * from {{ ref('fct_ege_school_result') }}
),

attempts as (
    select * from {{ ref('fct_exam_result') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

protocols as (
    select
        exam_year,
        subject_code,
        school_code,
        count(*) as participants,
        avg(test_score) as mean_score
    from attempts
    where procedure_name = 'ЕГЭ' and is_graduate and is_final
    group by exam_year, subject_code, school_code
),

pairs as (
    select
        form_results.exam_year,
        form_results.subject_code,
        form_results.school_code,
        form_results.event_date,
        cast(form_results.participants as double precision) as form_participants,
        cast(coalesce(protocols.participants, 0) as double precision) as protocol_participants,
        form_results.score_sum / nullif(form_results.scored_participants, 0) as form_mean,
        protocols.mean_score as protocol_mean
    from form_results
    left join protocols
        on
            form_results.exam_year = protocols.exam_year
            and form_results.subject_code = protocols.subject_code
            and form_results.school_code = protocols.school_code
    where not form_results.is_counted
),

differences as (
    select
        *,
        form_participants <> protocol_participants as is_number_different
    from pairs
    where
        form_participants <> protocol_participants
        or abs(form_mean - protocol_mean) > {{ parameter('mean_tolerance') }}
)

select
    'ege_form_against_protocol' as rule_code,
    'ege_by_school' as source,
    cast(differences.exam_year as text) as period,
    differences.school_code as entity_code,
    entities.entity_name,
    differences.subject_code,
    case when differences.is_number_different then differences.form_participants else differences.form_mean end as value,
    case when differences.is_number_different then differences.protocol_participants else differences.protocol_mean end as expected,
    entities.entity_name || ', ' || coalesce(subjects.subject_name, differences.subject_code)
    || ', ' || cast(differences.exam_year as text) || ': '
    || case
        when differences.is_number_different
            then
                'участников в форме ' || {{ number_ru('differences.form_participants') }}
                || ', в протоколах ' || {{ number_ru('differences.protocol_participants') }}
        else
            'средний балл в форме ' || {{ number_ru('differences.form_mean') }}
            || ', по протоколам ' || {{ number_ru('differences.protocol_mean') }}
    end as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from differences
left join subjects on differences.subject_code = subjects.subject_code
left join entities
    on
        entities.level = 'school'
        and differences.school_code = entities.entity_code
        and differences.event_date between entities.name_from and entities.name_to
