-- Grain: one row per procedure, work day, subject, school and class whose papers they are, role and person.
with assignments as (
    select * from {{ ref('stg_checkers__assignment') }}
),

employments as (
    select * from {{ ref('fct_staff_employment') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

placed as (
    select
        assignments.procedure as procedure_name,
        assignments.work_date,
        assignments.subject_code,
        assignments.school_code as stated_school_code,
        coalesce(assignments.class, '') as class_name,
        assignments.role as role_name,
        assignments.person_id,
        coalesce(attribution.attributed_code, assignments.school_code) as school_code,
        assignments.work_school_code,
        assignments.teaches_class,
        assignments.papers,
        assignments.file_name,
        assignments.row_number
    from assignments
    left join attribution
        on
            assignments.school_code = attribution.school_code
            and assignments.work_date between attribution.valid_from and attribution.valid_to
),

-- where the checker works: as the list says, and by the personnel lists, any job there
workplaces as (
    select
        person_id,
        work_date,
        work_school_code as school_code
    from placed
    where work_school_code is not null
    union
    select
        placed.person_id,
        placed.work_date,
        employments.school_code
    from placed
    inner join employments
        on
            placed.person_id = employments.person_id
            and placed.work_date between employments.valid_from and employments.valid_to
),

attributed as (
    select distinct
        workplaces.person_id,
        workplaces.work_date,
        coalesce(attribution.attributed_code, workplaces.school_code) as school_code
    from workplaces
    left join attribution
        on
            workplaces.school_code = attribution.school_code
            and workplaces.work_date between attribution.valid_from and attribution.valid_to
),

judged as (
    select
        placed.procedure_name,
        placed.work_date,
        placed.subject_code,
        placed.stated_school_code,
        placed.class_name,
        placed.role_name,
        placed.person_id,
        bool_or(attributed.school_code = placed.school_code) as is_own_school
    from placed
    inner join attributed on placed.person_id = attributed.person_id and placed.work_date = attributed.work_date
    group by
        placed.procedure_name,
        placed.work_date,
        placed.subject_code,
        placed.stated_school_code,
        placed.class_name,
        placed.role_name,
        placed.person_id
)

select
    placed.procedure_name,
    placed.work_date,
    placed.subject_code,
    placed.stated_school_code,
    placed.class_name,
    placed.role_name,
    placed.person_id,
    placed.school_code,
    placed.papers,
    judged.is_own_school,
    placed.teaches_class as is_own_class,
    -- unknown where nothing says where the person works or teaches
    case
        when judged.is_own_school or placed.teaches_class then true
        when judged.is_own_school is not null then false
    end as is_conflict,
    placed.file_name,
    placed.row_number
from placed
left join judged
    on
        placed.procedure_name = judged.procedure_name
        and placed.work_date = judged.work_date
        and placed.subject_code = judged.subject_code
        and placed.stated_school_code = judged.stated_school_code
        and placed.class_name = judged.class_name
        and placed.role_name = judged.role_name
        and placed.person_id = judged.person_id
