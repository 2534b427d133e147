-- Grain: one row per exam attempt, part of the paper and task in that part.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('exam_year', 'subject_code') }}") }}

with protocols as (
    select * from {{ rebuilt(ref('int_exam__protocol'), 'exam_year', 'subject_code') }}
),

attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year', 'subject_code') }}
),

tasks as (
    select * from {{ ref('dim_kim_task') }}
),

specified as (
    select distinct
        procedure_name,
        task_year,
        subject_code,
        grade
    from tasks
    where work_code = '' and answer_kind is not null
),

attempted as (
    select distinct
        procedure_name,
        exam_year,
        subject_code,
        coalesce(grade, '') as grade
    from attempts
),

-- the specification of a class goes before the one that names none
specifications as (
    select
        attempted.procedure_name,
        attempted.exam_year,
        attempted.subject_code,
        attempted.grade,
        specified.procedure_name as specification_procedure,
        max(specified.grade) as specification_grade
    from attempted
    inner join specified
        on
            split_part(attempted.procedure_name, '-', 1) = specified.procedure_name
            and attempted.exam_year = specified.task_year
            and attempted.subject_code = specified.subject_code
            and specified.grade in ('', attempted.grade)
    group by attempted.procedure_name, attempted.exam_year, attempted.subject_code, attempted.grade, specified.procedure_name
),

papers as (
    select
        attempts.procedure_name,
        attempts.exam_year,
        attempts.exam_date,
        attempts.subject_code,
        attempts.person_id,
        attempts.school_code,
        attempts.class_name,
        attempts.is_graduate,
        attempts.is_final,
        coalesce(specifications.specification_procedure, '') as specification_procedure,
        specifications.specification_grade,
        {{ characters('protocols.short_answers') }} as short_answers,
        string_to_array(protocols.long_answers, ')') as long_answers,
        string_to_array(protocols.oral_answers, ')') as oral_answers,
        protocols.file_name,
        protocols.row_number,
        coalesce(length(protocols.short_answers), 0) as short_tasks,
        coalesce(length(protocols.long_answers) - length(replace(protocols.long_answers, ')', '')), 0) as long_tasks
    from protocols
    inner join attempts
        on
            protocols.procedure_name = attempts.procedure_name
            and protocols.subject_code = attempts.subject_code
            and protocols.exam_date = attempts.exam_date
            and protocols.person_id = attempts.person_id
    left join specifications
        on
            attempts.procedure_name = specifications.procedure_name
            and attempts.exam_year = specifications.exam_year
            and attempts.subject_code = specifications.subject_code
            and coalesce(attempts.grade, '') = specifications.grade
),

answers as (
    {%- for part, mask, tasks_before in [
        ('краткий', 'short_answers', '0'),
        ('развёрнутый', 'long_answers', 'short_tasks'),
        ('устный', 'oral_answers', 'short_tasks + long_tasks'),
    ] %}
    select
        procedure_name,
        exam_year,
        exam_date,
        subject_code,
        person_id,
        school_code,
        class_name,
        is_graduate,
        is_final,
        file_name,
        row_number,
        specification_procedure,
        specification_grade,
        '{{ part }}' as answer_kind,
        {{ tasks_before }} as tasks_before,
        unnest({{ mask }}) as answer,
        generate_subscripts({{ mask }}, 1) as task_place
    from papers
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

-- what an answer is worth depends on these alone, and there are few of them: everything else is worked out once for each
kinds as (
    select distinct
        specification_procedure,
        exam_year,
        subject_code,
        coalesce(specification_grade, '') as specification_grade,
        answer_kind,
        tasks_before,
        task_place,
        answer
    from answers
),

-- «1(2)» was split at its closing bracket; what stands behind the last one is no answer
parsed as (
    select
        *,
        case when answer_kind = 'краткий' then answer else trim(split_part(answer, '(', 1)) end as got,
        case when answer_kind <> 'краткий' then trim(split_part(answer, '(', 2)) end as out_of
    from kinds
    where answer_kind = 'краткий' or trim(answer) <> ''
),

counted as (
    select
        parsed.*,
        tasks.task_key,
        case
            when parsed.specification_procedure = '' then cast(parsed.tasks_before + parsed.task_place as text)
            else tasks.task_number
        end as task_number,
        coalesce({{ whole_number('parsed.out_of') }}, tasks.max_score) as max_score,
        case
            when parsed.got = '+' then tasks.max_score
            when parsed.got in ('-', '–', '−') then 0
            else {{ whole_number('parsed.got') }}
        end as score
    from parsed
    left join tasks
        on
            parsed.specification_procedure = tasks.procedure_name
            and parsed.exam_year = tasks.task_year
            and parsed.subject_code = tasks.subject_code
            and parsed.specification_grade = tasks.grade
            and tasks.work_code = ''
            and parsed.answer_kind = tasks.answer_kind
            and parsed.task_place = tasks.task_place
),

judged as (
    select
        *,
        -- without a specification a plus still means everything, and a number something in between
        case
            when got = '+' then true
            when score is null then null
            when max_score is not null then score >= max_score
            else false
        end as is_full,
        case when got = '+' then false else score = 0 end as is_zero,
        -- left out: no points, and no mistake either
        trim(got) in ('', 'X', 'x', 'Х', 'х') as is_blank
    from counted
)

select
    answers.procedure_name,
    answers.exam_year,
    answers.exam_date,
    answers.subject_code,
    answers.person_id,
    answers.school_code,
    answers.class_name,
    answers.is_graduate,
    answers.is_final,
    answers.answer_kind,
    cast(answers.task_place as bigint) as task_place,
    judged.task_number,
    judged.task_key,
    answers.specification_grade,
    case when judged.out_of <> '' then trim(answers.answer) || ')' else answers.answer end as answer,
    cast(judged.score as double precision) as score,
    cast(judged.max_score as double precision) as max_score,
    judged.is_full,
    judged.is_zero,
    not judged.is_full and not judged.is_zero as is_partial,
    judged.is_blank,
    answers.file_name,
    answers.row_number
from answers
inner join judged
    on
        answers.specification_procedure = judged.specification_procedure
        and answers.exam_year = judged.exam_year
        and answers.subject_code = judged.subject_code
        and coalesce(answers.specification_grade, '') = judged.specification_grade
        and answers.answer_kind = judged.answer_kind
        and answers.tasks_before = judged.tasks_before
        and answers.task_place = judged.task_place
        and answers.answer = judged.answer
