-- Grain: one row per exam attempt: procedure, subject, exam date and person.
with results as (
    select * from {{ ref('stg_ege__result') }}
),

appeals as (
    select * from {{ ref('stg_ege__appeal') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

-- a rejected appeal, or one still without an outcome, changes nothing
decided_appeals as (
    select *
    from appeals
    where coalesce(state, '') not like 'отклон%' and (score is not null or coalesce(state, '') like 'удовлетвор%')
),

attempts as (
    select
        results.exam_year,
        results.exam_date,
        results.subject_code,
        results.person_id,
        results.school_code as protocol_school_code,
        coalesce(attribution.attributed_code, results.school_code) as school_code,
        results.class_name,
        results.grade,
        coalesce(results.grade in ('11', '12'), false) as is_graduate,
        decided_appeals.person_id is not null as is_changed_by_appeal,
        case when decided_appeals.person_id is null then results.raw_score else decided_appeals.raw_score end as raw_score,
        -- the score of an appeal is a mark in a subject without test scores
        case
            when not coalesce(subjects.has_test_score, true) then null
            when decided_appeals.person_id is null then results.test_score
            else decided_appeals.score
        end as test_score,
        case
            when coalesce(subjects.has_test_score, true) or decided_appeals.person_id is null then results.mark
            else decided_appeals.score
        end as mark,
        results.result_note
    from results
    left join decided_appeals
        on
            results.subject_code = decided_appeals.subject_code
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
            partition by exam_year, subject_code, person_id, is_graduate, is_valid
            order by exam_date desc
        ) as place_from_last
    from judged
)

select
    'ЕГЭ' as procedure_name,
    exam_year,
    exam_date,
    subject_code,
    person_id,
    school_code,
    protocol_school_code,
    class_name,
    grade,
    is_graduate,
    raw_score,
    test_score,
    mark,
    result_note,
    is_changed_by_appeal,
    is_valid,
    is_valid and place_from_last = 1 as is_final
from numbered
