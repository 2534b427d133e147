-- Grain: one row per task of a specification: procedure, year, subject, class, work and number.
with tasks as (
    select * from {{ ref('stg_kim_tasks__task') }}
),

named as (
    select
        *,
        coalesce(cast(grade as text), '') as grade_text,
        coalesce(work_code, '') as work
    from tasks
)

select
    procedure || '/' || cast(year as text) || '/' || subject_code || '/' || grade_text || '/' || work || '/' || task_number as task_key,
    procedure as procedure_name,
    year as task_year,
    subject_code,
    grade_text as grade,
    work as work_code,
    task_number,
    answer_kind,
    -- the answers of a part stand in the protocol in the order of the numbers: 2 before 10, 27К2 before 27К10
    case
        when answer_kind is not null
            then
                row_number() over (
                    partition by procedure, year, subject_code, grade_text, work, answer_kind
                    order by {{ leading_integer('task_number') }}, length(task_number), {{ byte_order('task_number') }}
                )
    end as task_place,
    content_element,
    skill,
    difficulty,
    max_score
from named
