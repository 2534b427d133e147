-- Grain: one row per graduate, year and subject; where only the yearly form is there, per school, year and subject.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period', 'subject_code') }}") }}

with attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year', 'subject_code') }}
),

form_results as (
    select * from {{ rebuilt(ref('fct_ege_school_result'), 'exam_year', 'subject_code') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

units as (
    select
        subject_code,
        person_id as unit_key,
        cast(1 as bigint) as units,
        school_code,
        {{ class_label('class_name') }} as class_name,
        exam_date as event_date,
        exam_year,
        cast(case when test_score >= 100 then 1 else 0 end as double precision) as numerator
    from attempts
    where procedure_name = 'ЕГЭ' and is_final and is_graduate
    union all
    -- a form that has more results of 100 than participants contradicts itself
    select
        subject_code,
        school_code as unit_key,
        participants as units,
        school_code,
        '' as class_name,
        event_date,
        exam_year,
        cast(score_100 as double precision) as numerator
    from form_results
    where is_counted and score_100 <= participants
)

select
    cast(units.exam_year as text) || '/' || units.subject_code || '/' || units.unit_key as unit_id,
    units.units,
    units.school_code as member_code,
    units.class_name,
    units.event_date,
    cast(units.exam_year as text) as period,
    units.subject_code,
    '' as grade,
    '' as breakdown,
    units.numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from units
inner join subjects on units.subject_code = subjects.subject_code
where subjects.in_indicators and subjects.has_test_score
