-- Grain: one row per source, what of it is counted, period and school whose rows they are; '' where rows name no school.
{{ config(schema='intermediate') }}

{%- set contents = [
    ('ege', 'протоколы', 'fct_exam_result', 'year', 'cast(exam_year as text)', 'school_code', "procedure_name in ('ЕГЭ', 'ГВЭ-11')"),
    ('oge', 'протоколы', 'fct_exam_result', 'year', 'cast(exam_year as text)', 'school_code', "procedure_name in ('ОГЭ', 'ГВЭ-9')"),
    ('ege_by_school', 'годовая форма', 'fct_ege_school_result', 'year', 'cast(exam_year as text)', 'school_code', 'true'),
    ('vpr', 'индивидуальные результаты', 'fct_vpr_result', 'academic_year', 'academic_year', 'school_code', 'true'),
    ('vpr', 'статистика по отметкам', 'fct_vpr_marks', 'academic_year', 'academic_year', 'school_code', 'true'),
    ('vpr', 'сравнение с журналом', 'fct_vpr_journal', 'academic_year', 'academic_year', 'school_code', 'true'),
    ('staff', 'занятые на дату', 'fct_staff_as_of', 'as_of', 'cast(as_of_date as text)', 'school_code', 'true'),
    ('attestation', 'решения года', 'fct_attestation_decision', 'year', 'cast(' ~ year_of('decision_date') ~ ' as text)', "''", 'true'),
    ('pd_courses', 'документы года', 'fct_pd_completion', 'year', 'cast(' ~ year_of('issue_date') ~ ' as text)', "''", "origin = 'pd_courses'"),
    ('frdo', 'документы года', 'fct_pd_completion', 'year', 'cast(' ~ year_of('issue_date') ~ ' as text)', "''", "origin = 'frdo'"),
    ('surveys', 'ответы', 'fct_survey_answer', 'wave', 'wave', "coalesce(school_code, '')", 'true'),
    ('enrolment', 'контингент', 'stg_enrolment__count', 'academic_year', academic_year('counted_on'), 'school_code', 'true'),
    ('context', 'паспорт школы', 'stg_context__value', 'academic_year', 'academic_year', 'school_code', 'true'),
    ('olympiads', 'участия', 'stg_olympiads__result', 'academic_year', 'academic_year', 'school_code', 'true'),
    ('site_checks', 'проверки сайтов', 'stg_site_checks__score', 'year', 'cast(' ~ year_of('check_date') ~ ' as text)', 'school_code', 'true')
] %}

with contents as (
    {%- for source_name, content, relation, period_kind, period, school_code, condition in contents %}
    select
        '{{ source_name }}' as source,
        '{{ content }}' as content,
        '{{ period_kind }}' as period_kind,
        {{ period }} as period,
        {{ school_code }} as school_code
    from {{ ref(relation) }}
    where {{ condition }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    source,
    content,
    period_kind,
    period,
    school_code,
    count(*) as source_rows
from contents
where period is not null
group by source, content, period_kind, period, school_code
