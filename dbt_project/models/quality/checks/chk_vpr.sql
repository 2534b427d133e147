-- Grain: one row per fault of the ВПР reports.
with marks as (
    select * from {{ ref('fct_vpr_marks') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

inconsistent as (
    select
        *,
        cast(count_2 + count_3 + count_4 + count_5 as double precision) as counted
    from marks
    where not is_consistent
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
    entities.entity_name || ', ' || {{ subject_ru('inconsistent.subject_code', 'subjects.subject_name') }} || ', ' || inconsistent.grade
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
