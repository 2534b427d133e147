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

minimums as (
    select * from {{ ref('dim_ege_minimum') }}
),

units as (
    select
        attempts.subject_code,
        attempts.person_id as unit_key,
        cast(1 as bigint) as units,
        attempts.school_code,
        {{ class_label('attempts.class_name') }} as class_name,
        attempts.exam_date as event_date,
        attempts.exam_year,
        cast(
            case
                when coalesce(attempts.test_score < minimums.minimum, attempts.mark < subjects.pass_mark) then 1
                else 0
            end as double precision
        ) as numerator,
        cast(1 as double precision) as denominator
    from attempts
    inner join subjects on attempts.subject_code = subjects.subject_code
    left join minimums on attempts.exam_year = minimums.exam_year and attempts.subject_code = minimums.subject_code
    where
        attempts.procedure_name = 'ЕГЭ'
        and attempts.is_final
        and attempts.is_graduate
        and subjects.in_indicators
        and (minimums.minimum is not null or not subjects.has_test_score)
    union all
    -- a form that has more below the minimum than participants contradicts itself
    select
        form_results.subject_code,
        form_results.school_code as unit_key,
        form_results.participants as units,
        form_results.school_code,
        '' as class_name,
        form_results.event_date,
        form_results.exam_year,
        cast(form_results.below_min as double precision) as numerator,
        cast(form_results.participants as double precision) as denominator
    from form_results
    inner join subjects on form_results.subject_code = subjects.subject_code
    where form_results.is_counted and subjects.in_indicators and form_results.below_min <= form_results.participants
)

select
    cast(exam_year as text) || '/' || subject_code || '/' || unit_key as unit_id,
    units,
    school_code as member_code,
    class_name,
    event_date,
    cast(exam_year as text) as period,
    subject_code,
    '' as grade,
    '' as breakdown,
    numerator,
    denominator,
    cast(null as double precision) as sum_squares
from units
