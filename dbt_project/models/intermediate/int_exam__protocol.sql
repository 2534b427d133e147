-- Grain: one row per procedure, subject, exam date and person, as the protocols have it: before appeals.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('exam_year', 'subject_code') }}") }}

with ege as (
    select * from {{ rebuilt(ref('stg_ege__result'), 'exam_year', 'subject_code') }}
),

oge as (
    select * from {{ rebuilt(ref('stg_oge__result'), 'exam_year', 'subject_code') }}
),

protocols as (
    select
        'ege' as source_name,
        case when exam_form = 'ГВЭ' then 'ГВЭ-11' else exam_form end as procedure_name,
        exam_year,
        exam_date,
        subject_code,
        person_id,
        school_code,
        class_name,
        grade,
        coalesce(grade in ('11', '12'), false) as is_graduate,
        short_answers,
        long_answers,
        oral_answers,
        raw_score,
        -- ГВЭ has marks alone
        case when exam_form <> 'ГВЭ' then test_score end as test_score,
        mark,
        result_note,
        file_name,
        row_number
    from ege
    union all
    select
        'oge' as source_name,
        case when exam_form = 'ГВЭ' then 'ГВЭ-9' else exam_form end as procedure_name,
        exam_year,
        exam_date,
        subject_code,
        person_id,
        school_code,
        class_name,
        grade,
        coalesce(grade = '9', false) as is_graduate,
        short_answers,
        long_answers,
        oral_answers,
        raw_score,
        cast(null as double precision) as test_score,
        mark,
        result_note,
        file_name,
        row_number
    from oge
)

select
    source_name,
    procedure_name,
    exam_year,
    exam_date,
    subject_code,
    person_id,
    school_code,
    class_name,
    grade,
    -- in place of a class people of other categories have a word («ВПЛ», «СПО»), past graduates often nothing
    case
        when is_graduate then 'выпускник текущего года'
        when grade is not null or source_name = 'oge' then 'иной участник'
        when lower(class_name) like '%спо%' then 'обучающийся СПО'
        else 'выпускник прошлых лет'
    end as participant_category,
    is_graduate,
    short_answers,
    long_answers,
    oral_answers,
    raw_score,
    test_score,
    mark,
    result_note,
    file_name,
    row_number
from protocols
