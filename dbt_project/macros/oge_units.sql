{# ОГЭ units: which share of participants has at least a mark, by the last attempt of the year and, cut apart, by the first one. #}
{% macro oge_share(least_mark) -%}
with attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year', 'subject_code') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

results as (
    select
        attempts.exam_year,
        attempts.subject_code,
        attempts.person_id,
        attempts.school_code,
        attempts.class_name,
        attempts.exam_date,
        attempts.is_final,
        attempts.mark >= {{ least_mark }} as is_reached,
        row_number() over (
            partition by attempts.exam_year, attempts.subject_code, attempts.person_id
            order by attempts.exam_date
        ) as place
    from attempts
    inner join subjects on attempts.subject_code = subjects.subject_code
    where attempts.procedure_name = 'ОГЭ' and attempts.is_valid and attempts.is_graduate and subjects.in_indicators
),

-- people belong where they sat last, in both rows
people as (
    select
        exam_year,
        subject_code,
        person_id,
        max(case when is_final then school_code end) as school_code,
        max(case when is_final then {{ class_label('class_name') }} end) as class_name,
        max(exam_date) as event_date,
        bool_or(is_final and is_reached) as is_reached_at_last,
        bool_or(place = 1 and is_reached) as is_reached_at_first
    from results
    group by exam_year, subject_code, person_id
),

units as (
    select
        people.*,
        '' as breakdown,
        is_reached_at_last as is_reached
    from people
    union all
    select
        people.*,
        'с первого раза' as breakdown,
        is_reached_at_first as is_reached
    from people
)

select
    cast(exam_year as text) || '/' || subject_code || '/' || person_id as unit_id,
    cast(1 as bigint) as units,
    school_code as member_code,
    class_name,
    event_date,
    cast(exam_year as text) as period,
    subject_code,
    '' as grade,
    breakdown,
    cast(case when is_reached then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from units
{%- endmacro %}

{# ОГЭ units: the mean of a column of results over participants, by the last attempt of the year. #}
{% macro oge_mean(result) -%}
with attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year', 'subject_code') }}
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
    attempts.{{ result }} as numerator,
    cast(1 as double precision) as denominator,
    attempts.{{ result }} * attempts.{{ result }} as sum_squares
from attempts
inner join subjects on attempts.subject_code = subjects.subject_code
where
    attempts.procedure_name = 'ОГЭ'
    and attempts.is_final
    and attempts.is_graduate
    and subjects.in_indicators
    and attempts.{{ result }} is not null
{%- endmacro %}
