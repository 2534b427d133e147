-- Grain: one row per school, academic year, procedure, subject and class: what its people got in a work.
-- `z` is the mean of the school in standard deviations of the people of the region, 0 where the region is.
with attempts as (
    select * from {{ ref('fct_exam_result') }}
),

form_results as (
    select * from {{ ref('fct_ege_school_result') }}
),

vpr_results as (
    select * from {{ ref('fct_vpr_result') }}
),

vpr_marks as (
    select * from {{ ref('fct_vpr_marks') }}
),

markers as (
    select * from {{ ref('fct_objectivity_marker') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

thresholds as (
    select * from {{ ref('dim_threshold') }}
    where procedure_name = 'ЕГЭ' and threshold_kind = 'минимум_аттестат'
),

-- one person each
people as (
    select
        attempts.school_code,
        attempts.exam_year as year_number,
        attempts.procedure_name,
        attempts.subject_code,
        '' as grade,
        coalesce(attempts.test_score, attempts.mark) as score,
        -- passed is not below the minimum of the certificate; where the subject has none, nobody is judged
        coalesce(attempts.test_score < thresholds.threshold_value, attempts.mark < subjects.pass_mark) as is_low
    from attempts
    inner join subjects on attempts.subject_code = subjects.subject_code
    left join thresholds
        on attempts.exam_year = thresholds.threshold_year and attempts.subject_code = thresholds.subject_code
    where
        attempts.procedure_name in ('ЕГЭ', 'ОГЭ')
        and attempts.is_final
        and attempts.is_graduate
        and subjects.in_indicators
    union all
    select
        vpr_results.school_code,
        cast(substring(vpr_results.academic_year, 6, 4) as bigint) as year_number,
        'ВПР' as procedure_name,
        vpr_results.subject_code,
        vpr_results.grade,
        vpr_results.mark as score,
        vpr_results.mark < subjects.pass_mark as is_low
    from vpr_results
    inner join subjects on vpr_results.subject_code = subjects.subject_code
    where vpr_results.mark is not null
),

sums as (
    select
        school_code,
        year_number,
        procedure_name,
        subject_code,
        grade,
        count(*) as participants,
        case when count(*) = count(is_low) then sum(case when is_low then 1 else 0 end) end as low_participants,
        count(score) as scored,
        sum(score) as score_sum,
        sum(score * score) as score_squares
    from people
    group by school_code, year_number, procedure_name, subject_code, grade
    union all
    -- the yearly form knows sums without a spread
    select
        school_code,
        exam_year as year_number,
        'ЕГЭ' as procedure_name,
        subject_code,
        '' as grade,
        participants,
        case when below_min <= participants then below_min end as low_participants,
        coalesce(scored_participants, 0) as scored,
        score_sum,
        cast(null as double precision) as score_squares
    from form_results
    where is_counted
    union all
    select
        school_code,
        cast(substring(academic_year, 6, 4) as bigint) as year_number,
        'ВПР' as procedure_name,
        subject_code,
        grade,
        participants,
        participants - count_3 - count_4 - count_5 as low_participants,
        count_2 + count_3 + count_4 + count_5 as scored,
        2 * count_2 + 3 * count_3 + 4 * count_4 + 5 * count_5 as score_sum,
        4 * count_2 + 9 * count_3 + 16 * count_4 + 25 * count_5 as score_squares
    from vpr_marks
    where is_counted and is_consistent
),

-- a school with several logins, or a successor, has more than one
schools as (
    select
        school_code,
        cast(year_number - 1 as text) || '/' || cast(year_number as text) as academic_year,
        procedure_name,
        subject_code,
        grade,
        cast(sum(participants) as bigint) as participants,
        case when count(*) = count(low_participants) then cast(sum(low_participants) as bigint) end as low_participants,
        cast(sum(scored) as bigint) as scored,
        cast(sum(score_sum) as double precision) as score_sum,
        case when count(*) = count(score_squares) then cast(sum(score_squares) as double precision) end as score_squares
    from sums
    group by school_code, year_number, procedure_name, subject_code, grade
),

region as (
    select
        academic_year,
        procedure_name,
        subject_code,
        grade,
        sum(score_sum) / sum(scored) as mean_score,
        sqrt(
            greatest(sum(score_squares) - sum(score_sum) * sum(score_sum) / sum(scored), 0) / nullif(sum(scored) - 1, 0)
        ) as deviation
    from schools
    where score_squares is not null and scored > 0
    group by academic_year, procedure_name, subject_code, grade
),

marked as (
    select
        school_code,
        academic_year,
        subject_code,
        grade,
        bool_or(is_marked) as has_marker
    from markers
    group by school_code, academic_year, subject_code, grade
)

select
    schools.school_code,
    schools.academic_year,
    {{ period_day('schools.academic_year', "'academic_year'") }} as event_date,
    schools.procedure_name,
    schools.subject_code,
    schools.grade,
    schools.participants,
    schools.low_participants,
    schools.scored,
    schools.score_sum,
    schools.score_squares,
    schools.procedure_name = 'ВПР' and coalesce(marked.has_marker, false) as has_marker,
    (schools.score_sum / nullif(schools.scored, 0) - region.mean_score) / nullif(region.deviation, 0) as z,
    -- rounding must not make a spread negative, and greatest() would make an unknown one 0
    case
        when schools.score_squares is not null and schools.scored > 1
            then
                sqrt(
                    greatest(schools.score_squares - schools.score_sum * schools.score_sum / schools.scored, 0)
                    / (schools.scored - 1) / schools.scored
                ) / nullif(region.deviation, 0)
    end as z_error
from schools
left join region
    on
        schools.academic_year = region.academic_year
        and schools.procedure_name = region.procedure_name
        and schools.subject_code = region.subject_code
        and schools.grade = region.grade
left join marked
    on
        schools.school_code = marked.school_code
        and schools.academic_year = marked.academic_year
        and schools.subject_code = marked.subject_code
        and schools.grade = marked.grade
