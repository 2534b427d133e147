-- Grain: one row per fault of the ВПР mark statistics: against 100 per cent, against the pupils.
with marks as (
    select * from {{ ref('fct_vpr_marks') }}
),

results as (
    select * from {{ ref('fct_vpr_result') }}
),

report as (
    select * from {{ ref('stg_vpr__marks') }}
),

flat as (
    select * from {{ ref('stg_vpr__marks_flat') }}
),

individual as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        count(*) as participants,
        sum(case when mark = 2 then 1 else 0 end) as count_2,
        sum(case when mark = 3 then 1 else 0 end) as count_3,
        sum(case when mark = 4 then 1 else 0 end) as count_4,
        sum(case when mark = 5 then 1 else 0 end) as count_5
    from results
    where mark is not null
    group by vpr_year, grade, subject_code, school_login
),

-- by how many pupils the four counts differ in all, each pupil counted once
compared as (
    select
        marks.vpr_year,
        marks.grade,
        marks.subject_code,
        marks.school_login,
        marks.event_date as procedure_date,
        marks.participants,
        individual.participants as individual_participants,
        greatest(
            abs(marks.count_2 - individual.count_2),
            abs(marks.count_3 - individual.count_3),
            abs(marks.count_4 - individual.count_4),
            abs(marks.count_5 - individual.count_5)
        ) as largest_difference,
        marks.file_name,
        marks.row_number
    from marks
    inner join individual
        on
            marks.vpr_year = individual.vpr_year
            and marks.grade = individual.grade
            and marks.subject_code = individual.subject_code
            and marks.school_login = individual.school_login
),

shares as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        share_2 + share_3 + share_4 + share_5 as share_sum,
        file_name,
        row_number
    from report
    where school_login is not null and participants > 0
    union all
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        cast(null as date) as procedure_date,
        share_2 + share_3 + share_4 + share_5 as share_sum,
        file_name,
        row_number
    from flat
    where participants > 0
),

found as (
    select
        'vpr_marks_individual' as rule_code,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        cast(participants as double precision) as value,
        cast(individual_participants as double precision) as expected,
        'участников в статистике по отметкам ' || {{ number_ru('participants') }} || ', по индивидуальным результатам '
        || {{ number_ru('individual_participants') }} || '; числа одной отметки расходятся на '
        || coalesce({{ number_ru('largest_difference') }}, 'неизвестно сколько') as said_ru,
        file_name,
        row_number
    from compared
    where participants <> individual_participants or largest_difference > {{ parameter('count_tolerance') }}
    union all
    select
        'vpr_shares_percent' as rule_code,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        share_sum as value,
        cast(100 as double precision) as expected,
        'доли отметок в сумме дают ' || {{ number_ru('share_sum') }} || ' %' as said_ru,
        file_name,
        row_number
    from shares
    where abs(share_sum - 100) > {{ parameter('share_sum_tolerance') }}
)

{{ vpr_findings('found') }}
