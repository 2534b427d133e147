-- Grain: one row per school, or work, whose olympiad protocols do not hold together, and per subject that nobody knows.
with works as (
    select * from {{ ref('fct_olympiad_result') }}
),

coverage as (
    select * from {{ ref('fct_olympiad_coverage') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
    where level = 'school'
),

found as (
    select
        'olympiad_more_participants_than_pupils' as rule_code,
        academic_year,
        event_date,
        school_code,
        cast(null as text) as subject_code,
        cast(participants as double precision) as value,
        cast(pupils as double precision) as expected,
        'участников школьного этапа ' || cast(participants as text) || ', обучающихся ' || cast(pupils as text) as said_ru,
        cast(null as text) as file_name,
        cast(null as bigint) as row_number
    from coverage
    where participants > pupils
    union all
    select
        'olympiad_without_enrolment' as rule_code,
        academic_year,
        event_date,
        school_code,
        cast(null as text) as subject_code,
        cast(participants as double precision) as value,
        cast(null as double precision) as expected,
        'есть протоколы школьного этапа, численности обучающихся за учебный год нет' as said_ru,
        cast(null as text) as file_name,
        cast(null as bigint) as row_number
    from coverage
    where pupils is null
    union all
    select
        'olympiad_without_names' as rule_code,
        academic_year,
        event_date,
        school_code,
        cast(null as text) as subject_code,
        cast(nameless_works as double precision) as value,
        cast(0 as double precision) as expected,
        'работ школьного этапа без фамилии ' || cast(nameless_works as text) || ' из ' || cast(works as text) as said_ru,
        cast(null as text) as file_name,
        cast(null as bigint) as row_number
    from coverage
    where nameless_works > 0
    union all
    select
        'olympiad_winner_below_half' as rule_code,
        academic_year,
        event_date,
        school_code,
        subject_code,
        points as value,
        max_points as expected,
        subject_written || ', ' || stage || ' этап, работа ' || participant_code || ': победитель набрал '
        || {{ number_ru('points') }} || ' из ' || {{ number_ru('max_points') }} as said_ru,
        file_name,
        row_number
    from works
    where
        status = 'победитель'
        and stage in ('школьный', 'муниципальный')
        and points_share <= {{ parameter('olympiad_winner_min_share') }}
    union all
    select
        'olympiad_subject_unknown' as rule_code,
        academic_year,
        max(event_date) as event_date,
        cast(null as text) as school_code,
        cast(null as text) as subject_code,
        cast(count(*) as double precision) as value,
        cast(null as double precision) as expected,
        'предмета «' || max(subject_written) || '» нет в списке предметов олимпиады, работ ' || cast(count(*) as text) as said_ru,
        max(file_name) as file_name,
        cast(null as bigint) as row_number
    from works
    where subject_code is null
    group by academic_year, subject_key
)

select
    found.rule_code,
    'olympiads' as source,
    found.academic_year as period,
    found.school_code as entity_code,
    entities.entity_name,
    found.subject_code,
    found.value,
    found.expected,
    case when found.school_code is not null then coalesce(entities.entity_name, found.school_code) || ', ' else '' end
    || found.academic_year || ': ' || found.said_ru as message_ru,
    found.file_name,
    found.row_number
from found
left join entities
    on found.school_code = entities.entity_code and found.event_date between entities.name_from and entities.name_to
