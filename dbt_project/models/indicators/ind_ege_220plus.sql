-- Grain: one row per graduate and year with test scores of three subjects or more.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period') }}") }}

with attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

results as (
    select
        attempts.exam_year,
        attempts.exam_date,
        attempts.person_id,
        attempts.school_code,
        {{ class_label('attempts.class_name') }} as class_name,
        attempts.test_score,
        row_number() over (
            partition by attempts.exam_year, attempts.person_id
            order by attempts.test_score desc, attempts.subject_code asc
        ) as place_from_best,
        row_number() over (
            partition by attempts.exam_year, attempts.person_id
            order by attempts.exam_date desc, attempts.subject_code asc
        ) as place_from_last
    from attempts
    inner join subjects on attempts.subject_code = subjects.subject_code
    where
        attempts.procedure_name = 'ЕГЭ'
        and attempts.is_final
        and attempts.is_graduate
        and subjects.in_indicators
        and attempts.test_score is not null
),

people as (
    select
        exam_year,
        person_id,
        max(case when place_from_last = 1 then school_code end) as school_code,
        max(case when place_from_last = 1 then class_name end) as class_name,
        max(exam_date) as event_date,
        count(*) as subjects,
        sum(case when place_from_best <= {{ parameter('ege_sum_subjects') }} then test_score end) as best_sum
    from results
    group by exam_year, person_id
)

select
    cast(exam_year as text) || '/' || person_id as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    class_name,
    event_date,
    cast(exam_year as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when best_sum >= {{ parameter('ege_sum_min') }} then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from people
where subjects >= {{ parameter('ege_sum_subjects') }}
