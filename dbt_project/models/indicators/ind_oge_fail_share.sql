-- Grain: one row per pupil of class 9, year and number of mandatory subjects failed at last: one or more, two or more.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period') }}") }}

with attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

mandatory as (
    select
        attempts.exam_year,
        attempts.exam_date,
        attempts.person_id,
        attempts.school_code,
        {{ class_label('attempts.class_name') }} as class_name,
        attempts.mark < subjects.pass_mark as is_failed,
        row_number() over (
            partition by attempts.exam_year, attempts.person_id
            order by attempts.exam_date desc, attempts.subject_code asc
        ) as place_from_last
    from attempts
    inner join subjects on attempts.subject_code = subjects.subject_code
    where attempts.procedure_name = 'ОГЭ' and attempts.subject_code in ('1', '2') and attempts.is_final and attempts.is_graduate
),

people as (
    select
        exam_year,
        person_id,
        max(case when place_from_last = 1 then school_code end) as school_code,
        max(case when place_from_last = 1 then class_name end) as class_name,
        max(exam_date) as event_date,
        sum(case when is_failed then 1 else 0 end) as failed
    from mandatory
    group by exam_year, person_id
),

groups as (
    select
        1 as least_failed,
        'по одному и более' as breakdown
    union all
    select
        2 as least_failed,
        'по двум и более' as breakdown
)

select
    cast(people.exam_year as text) || '/' || people.person_id as unit_id,
    cast(1 as bigint) as units,
    people.school_code as member_code,
    people.class_name,
    people.event_date,
    cast(people.exam_year as text) as period,
    '' as subject_code,
    '' as grade,
    groups.breakdown,
    cast(case when people.failed >= groups.least_failed then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from people
cross join groups
