-- Grain: one row per fault of a ВПР score distribution: against itself, against the mark statistics, against the pupils.
with scores as (
    select * from {{ ref('int_vpr__score_count') }}
),

marks as (
    select * from {{ ref('fct_vpr_marks') }}
),

results as (
    select * from {{ ref('fct_vpr_result') }}
),

reported as (
    select distinct
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        participants,
        counted,
        tolerance,
        is_consistent,
        file_name,
        row_number
    from scores
),

individual as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        {{ round_to_integer('raw_score') }} as score,
        count(*) as pupils
    from results
    where raw_score is not null
    group by vpr_year, grade, subject_code, school_login, {{ round_to_integer('raw_score') }}
),

known as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        cast(sum(pupils) as bigint) as participants
    from individual
    group by vpr_year, grade, subject_code, school_login
),

-- a score that one side alone has differs by all its pupils
both_sides as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        score,
        pupils
    from scores
    union all
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        score,
        -pupils as pupils
    from individual
),

by_score as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        score,
        abs(sum(pupils)) as pupils
    from both_sides
    group by vpr_year, grade, subject_code, school_login, score
),

differing as (
    select
        vpr_year,
        grade,
        subject_code,
        school_login,
        cast(sum(pupils) as bigint) as pupils
    from by_score
    group by vpr_year, grade, subject_code, school_login
),

found as (
    select
        'vpr_scores_sum' as rule_code,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        counted as value,
        participants as expected,
        'по долям первичных баллов получается участников ' || {{ number_ru('counted') }}
        || ', указано ' || {{ number_ru('participants') }} as said_ru,
        file_name,
        row_number
    from reported
    where not is_consistent
    union all
    select
        'vpr_scores_marks' as rule_code,
        reported.vpr_year,
        reported.grade,
        reported.subject_code,
        reported.school_login,
        reported.procedure_date,
        reported.participants as value,
        marks.participants as expected,
        'участников в распределении первичных баллов ' || {{ number_ru('reported.participants') }}
        || ', в статистике по отметкам ' || {{ number_ru('marks.participants') }} as said_ru,
        reported.file_name,
        reported.row_number
    from reported
    inner join marks
        on
            reported.vpr_year = marks.vpr_year
            and reported.grade = marks.grade
            and reported.subject_code = marks.subject_code
            and reported.school_login = marks.school_login
    where reported.participants <> marks.participants
    union all
    select
        'vpr_scores_individual' as rule_code,
        reported.vpr_year,
        reported.grade,
        reported.subject_code,
        reported.school_login,
        reported.procedure_date,
        reported.participants as value,
        known.participants as expected,
        'участников в распределении первичных баллов ' || {{ number_ru('reported.participants') }}
        || ', по индивидуальным результатам ' || {{ number_ru('known.participants') }}
        || '; числа по баллам расходятся на ' || {{ number_ru('differing.pupils') }} as said_ru,
        reported.file_name,
        reported.row_number
    from reported
    inner join known
        on
            reported.vpr_year = known.vpr_year
            and reported.grade = known.grade
            and reported.subject_code = known.subject_code
            and reported.school_login = known.school_login
    inner join differing
        on
            reported.vpr_year = differing.vpr_year
            and reported.grade = differing.grade
            and reported.subject_code = differing.subject_code
            and reported.school_login = differing.school_login
    where differing.pupils > reported.tolerance
)

{{ vpr_findings('found') }}
