-- Grain: one row per year, class, subject and school: how far the mean raw score lies above that of the other schools of its cluster.
with summaries as (
    select * from {{ ref('fct_vpr_score_summary') }}
),

works as (
    select * from {{ ref('objectivity_works') }}
),

membership as (
    select *
    from {{ ref('bridge_membership') }}
    where level = 'cluster'
),

schools as (
    select * from {{ ref('dim_school') }}
),

advanced_kinds as (
    select * from {{ ref('advanced_school_kinds') }}
),

exams as (
    select *
    from {{ ref('fct_exam_result') }}
    where procedure_name = 'ЕГЭ' and is_final and is_graduate and test_score is not null
),

constants as (
    select
        {{ parameter('obj_min_people') }} as min_people,
        {{ parameter('obj_cluster_min_schools') }} as min_other_schools,
        {{ parameter('obj_mean_limit') }} as z_limit,
        {{ parameter('obj_exempt_ege_mean') }} as exempt_ege_mean,
        {{ parameter('normal_quantile') }} as z
),

clustered as (
    select
        summaries.*,
        sum(summaries.participants) over peers - summaries.participants as other_participants,
        sum(summaries.score_sum) over peers - summaries.score_sum as other_score_sum,
        sum(summaries.score_sum * summaries.mean_score) over peers - summaries.score_sum * summaries.mean_score as other_mean_squares,
        cast(count(*) over peers - 1 as bigint) as other_schools
    from summaries
    inner join works on summaries.grade = cast(works.grade as text) and summaries.subject_code = works.subject_code
    inner join membership
        on
            summaries.school_code = membership.member_code
            and summaries.event_date between membership.valid_from and membership.valid_to
    window peers as (
        partition by summaries.vpr_year, summaries.grade, summaries.subject_code, membership.entity_code
    )
),

compared as (
    select
        *,
        other_score_sum / other_participants as other_mean
    from clustered
    where other_schools > 1
),

-- of the others each counts by its participants; the spread between their means is as great as a sample of them says
spread as (
    select
        *,
        greatest(other_mean_squares / other_participants - other_mean * other_mean, 0) * other_schools / (other_schools - 1)
            as between_variance
    from compared
),

measured as (
    select
        spread.*,
        sqrt(spread.score_variance / spread.participants + spread.between_variance) as standard_error
    from spread
    cross join constants
    where spread.participants >= constants.min_people and spread.other_schools >= constants.min_other_schools
),

advanced as (
    select distinct
        schools.school_code,
        schools.valid_from,
        schools.valid_to
    from schools
    inner join advanced_kinds on lower(schools.school_kind) like advanced_kinds.kind_pattern
),

exam_means as (
    select
        measured.vpr_year,
        measured.grade,
        measured.subject_code,
        measured.school_code,
        count(*) as graduates,
        sum(exams.test_score) / count(*) as ege_mean
    from measured
    inner join exams
        on
            measured.school_code = exams.school_code
            and measured.subject_code = exams.subject_code
            and exams.exam_year between measured.vpr_year - 1 and measured.vpr_year
    group by measured.vpr_year, measured.grade, measured.subject_code, measured.school_code
),

-- an advanced school whose ЕГЭ is high too has a reason for a high mean
judged as (
    select
        measured.*,
        (measured.mean_score - measured.other_mean) / measured.standard_error as deviation,
        constants.z_limit,
        constants.z,
        advanced.school_code is not null
        and coalesce(
            exam_means.graduates >= constants.min_people and {{ at_least('exam_means.ege_mean', 'constants.exempt_ege_mean') }}, false
        ) as is_exempt
    from measured
    cross join constants
    left join advanced
        on measured.school_code = advanced.school_code and measured.event_date between advanced.valid_from and advanced.valid_to
    left join exam_means
        on
            measured.vpr_year = exam_means.vpr_year
            and measured.grade = exam_means.grade
            and measured.subject_code = exam_means.subject_code
            and measured.school_code = exam_means.school_code
    -- all alike: there is no spread to measure by
    where measured.standard_error > 0.000001
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_code,
    participants,
    mean_score,
    other_schools,
    other_mean,
    standard_error,
    deviation as value,
    deviation - z as ci_low,
    deviation + z as ci_high,
    z_limit as threshold,
    is_exempt,
    {{ more_than('deviation', 'z_limit') }} and not is_exempt as is_marked
from judged
