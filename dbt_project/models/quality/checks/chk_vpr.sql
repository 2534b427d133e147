-- Grain: one row per fault of the ВПР reports.
with report as (
    select * from {{ ref('stg_vpr__marks') }}
),

flat as (
    select * from {{ ref('stg_vpr__marks_flat') }}
),

marks as (
    select * from {{ ref('fct_vpr_marks') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

places as (
    select
        'report_2' as origin,
        vpr_year,
        grade,
        subject_code,
        school_login,
        file_name,
        row_number
    from report
    where school_login is not null
    union all
    select
        'flat' as origin,
        vpr_year,
        grade,
        subject_code,
        school_login,
        file_name,
        row_number
    from flat
),

inconsistent as (
    select
        marks.*,
        places.file_name,
        places.row_number,
        cast(marks.count_2 + marks.count_3 + marks.count_4 + marks.count_5 as double precision) as counted
    from marks
    left join places
        on
            marks.origin = places.origin
            and marks.vpr_year = places.vpr_year
            and marks.grade = places.grade
            and marks.subject_code = places.subject_code
            and marks.school_login = places.school_login
    where not marks.is_consistent
)

select
    'vpr_shares_sum' as rule_code,
    'vpr' as source,
    inconsistent.academic_year as period,
    inconsistent.school_code as entity_code,
    entities.entity_name,
    inconsistent.subject_code,
    inconsistent.counted as value,
    cast(inconsistent.participants as double precision) as expected,
    entities.entity_name || ', ' || coalesce(subjects.subject_name, inconsistent.subject_code) || ', ' || inconsistent.grade
    || ' класс, ' || inconsistent.academic_year || ': по долям отметок получается участников '
    || coalesce({{ number_ru('inconsistent.counted') }}, 'неизвестно сколько') || ', указано '
    || {{ number_ru('inconsistent.participants') }} as message_ru,
    inconsistent.file_name,
    inconsistent.row_number
from inconsistent
left join subjects on inconsistent.subject_code = subjects.subject_code
left join entities
    on
        entities.level = 'school'
        and inconsistent.school_code = entities.entity_code
        and inconsistent.event_date between entities.name_from and entities.name_to
