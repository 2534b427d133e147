-- Grain: one row per planned work: school, class, day, procedure and subject.
with works as (
    select * from {{ ref('stg_procedure_schedule__work') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

dated as (
    select
        *,
        {{ academic_year('planned_date') }} as academic_year,
        {{ class_label('class') }} as class_name
    from works
),

-- a class counts once in a year: where it is on the day of its last work
placed as (
    select
        *,
        max(planned_date) over (partition by school_code, class_name, academic_year) as class_date
    from dated
)

select
    placed.school_code as reported_school_code,
    placed.class as class_written,
    placed.class_name,
    placed.planned_date,
    placed.procedure as procedure_name,
    coalesce(placed.subject_code, '') as subject_code,
    placed.academic_year,
    placed.class_date,
    coalesce(attribution.attributed_code, placed.school_code) as school_code,
    cast({{ leading_integer('placed.class') }} as text) as grade,
    placed.work_code,
    placed.lessons,
    placed.lessons_a_year,
    placed.file_name,
    placed.row_number
from placed
left join attribution
    on placed.school_code = attribution.school_code and placed.class_date between attribution.valid_from and attribution.valid_to
