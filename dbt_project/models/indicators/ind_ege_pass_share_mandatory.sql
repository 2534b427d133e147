-- Grain: one row per graduate and year.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period') }}") }}

with attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

thresholds as (
    select * from {{ ref('dim_threshold') }}
),

-- a year without one of the two minimums cannot be judged
minimums as (
    select
        threshold_year,
        max(case when subject_code = '1' then threshold_value end) as russian_minimum,
        max(case when subject_code = '2' then threshold_value end) as mathematics_minimum
    from thresholds
    where procedure_name = 'ЕГЭ' and threshold_kind = 'минимум_аттестат' and subject_code in ('1', '2')
    group by threshold_year
    having count(*) = 2
),

mandatory as (
    select
        attempts.exam_year,
        attempts.exam_date,
        attempts.person_id,
        attempts.school_code,
        {{ class_label('attempts.class_name') }} as class_name,
        attempts.subject_code,
        attempts.subject_code = '1' and attempts.test_score >= minimums.russian_minimum as is_russian_passed,
        (attempts.subject_code = '2' and attempts.test_score >= minimums.mathematics_minimum)
        or (attempts.subject_code = '22' and attempts.mark >= subjects.pass_mark) as is_mathematics_passed,
        row_number() over (
            partition by attempts.exam_year, attempts.person_id
            order by attempts.exam_date desc, attempts.subject_code asc
        ) as place_from_last
    from attempts
    inner join minimums on attempts.exam_year = minimums.threshold_year
    left join subjects on attempts.subject_code = subjects.subject_code
    where
        attempts.procedure_name = 'ЕГЭ'
        and attempts.subject_code in ('1', '2', '22')
        and attempts.is_graduate
        and attempts.is_valid
)

select
    cast(exam_year as text) || '/' || person_id as unit_id,
    cast(1 as bigint) as units,
    max(case when place_from_last = 1 then school_code end) as member_code,
    max(case when place_from_last = 1 then class_name end) as class_name,
    max(exam_date) as event_date,
    cast(exam_year as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when bool_or(is_russian_passed) and bool_or(is_mathematics_passed) then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from mandatory
group by exam_year, person_id
