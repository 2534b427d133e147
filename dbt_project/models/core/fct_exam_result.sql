-- Grain: one row per exam attempt: procedure, subject, exam date and person.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('exam_year', 'subject_code') }}") }}

with results as (
    select * from {{ rebuilt(ref('int_exam__protocol'), 'exam_year', 'subject_code') }}
),

ege_appeals as (
    select * from {{ ref('stg_ege__appeal') }}
),

oge_appeals as (
    select * from {{ ref('stg_oge__appeal') }}
),

appeal_states as (
    select * from {{ ref('appeal_states') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

appeals as (
    select
        'ege' as source_name,
        exam_date,
        subject_code,
        person_id,
        state,
        raw_score,
        score
    from ege_appeals
    union all
    select
        'oge' as source_name,
        exam_date,
        subject_code,
        person_id,
        state,
        raw_score,
        mark as score
    from oge_appeals
),

states as (
    select distinct state
    from appeals
),

outcomes as (
    select
        states.state,
        bool_and(appeal_states.changes_result) as changes_result
    from states
    inner join appeal_states on states.state like appeal_states.state_pattern
    group by states.state
),

-- a rejected appeal, or one still without an outcome, changes nothing; of an unknown state the new score tells
decided_appeals as (
    select appeals.*
    from appeals
    left join outcomes on appeals.state = outcomes.state
    where coalesce(outcomes.changes_result, appeals.score is not null)
),

attempts as (
    select
        results.procedure_name,
        results.exam_year,
        results.exam_date,
        results.subject_code,
        results.person_id,
        results.school_code as protocol_school_code,
        coalesce(attribution.attributed_code, results.school_code) as school_code,
        results.class_name,
        results.grade,
        results.participant_category,
        results.is_graduate,
        decided_appeals.person_id is not null as is_changed_by_appeal,
        case when decided_appeals.person_id is null then results.raw_score else decided_appeals.raw_score end as raw_score,
        -- the score of an appeal is a mark where there are no test scores
        case
            when results.procedure_name <> 'ЕГЭ' or not coalesce(subjects.has_test_score, true) then null
            when decided_appeals.person_id is null then results.test_score
            else decided_appeals.score
        end as test_score,
        case
            when decided_appeals.person_id is null then results.mark
            when results.procedure_name = 'ЕГЭ' and coalesce(subjects.has_test_score, true) then results.mark
            else decided_appeals.score
        end as mark,
        results.result_note,
        results.file_name,
        results.row_number
    from results
    left join decided_appeals
        on
            results.source_name = decided_appeals.source_name
            and results.subject_code = decided_appeals.subject_code
            and results.exam_date = decided_appeals.exam_date
            and results.person_id = decided_appeals.person_id
    left join subjects on results.subject_code = subjects.subject_code
    left join attribution
        on
            results.school_code = attribution.school_code
            and results.exam_date between attribution.valid_from and attribution.valid_to
),

judged as (
    select
        *,
        coalesce(test_score, mark) is not null as is_valid
    from attempts
),

numbered as (
    select
        *,
        row_number() over (
            partition by procedure_name, exam_year, subject_code, person_id, participant_category, is_valid
            order by exam_date desc
        ) as place_from_last
    from judged
)

select
    procedure_name,
    exam_year,
    exam_date,
    subject_code,
    person_id,
    school_code,
    protocol_school_code,
    class_name,
    grade,
    participant_category,
    is_graduate,
    raw_score,
    test_score,
    mark,
    result_note,
    is_changed_by_appeal,
    is_valid,
    is_valid and place_from_last = 1 as is_final,
    file_name,
    row_number
from numbered
