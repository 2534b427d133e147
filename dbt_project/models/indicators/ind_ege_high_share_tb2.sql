-- Grain: one row per graduate, year and subject that has a ТБ2.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period', 'subject_code') }}") }}

with attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year', 'subject_code') }}
),

thresholds as (
    select * from {{ ref('dim_threshold') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
)

select
    cast(attempts.exam_year as text) || '/' || attempts.subject_code || '/' || attempts.person_id as unit_id,
    cast(1 as bigint) as units,
    attempts.school_code as member_code,
    {{ class_label('attempts.class_name') }} as class_name,
    attempts.exam_date as event_date,
    cast(attempts.exam_year as text) as period,
    attempts.subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when attempts.test_score >= thresholds.threshold_value then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from attempts
inner join subjects on attempts.subject_code = subjects.subject_code
inner join thresholds
    on
        attempts.exam_year = thresholds.threshold_year
        and attempts.subject_code = thresholds.subject_code
        and thresholds.procedure_name = 'ЕГЭ'
        and thresholds.threshold_kind = 'ТБ2'
where
    attempts.procedure_name = 'ЕГЭ'
    and attempts.is_final
    and attempts.is_graduate
    and subjects.in_indicators
    and subjects.has_test_score
