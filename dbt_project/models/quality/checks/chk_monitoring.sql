-- Grain: one row per total of a class whose marks are more than its participants.
with totals as (
    select * from {{ ref('stg_monitoring_classes__result') }}
),

schools as (
    select * from {{ ref('dim_school') }}
    where is_current
),

summed as (
    select
        *,
        marks_2 + marks_3 + marks_4 + marks_5 as marks
    from totals
)

select
    'monitoring_marks_sum' as rule_code,
    'monitoring_classes' as source,
    {{ academic_year('summed.work_date') }} as period,
    summed.school_code as entity_code,
    schools.school_name as entity_name,
    summed.subject_code,
    cast(summed.marks as double precision) as value,
    cast(summed.participants as double precision) as expected,
    'Работа ' || summed.work_code || ', класс ' || summed.class || ': отметок ' || cast(summed.marks as text) || ', участников '
    || cast(summed.participants as text) as message_ru,
    summed.file_name,
    summed.row_number
from summed
left join schools on summed.school_code = schools.school_code
where summed.marks > summed.participants
