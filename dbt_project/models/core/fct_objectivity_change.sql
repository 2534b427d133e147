-- Grain: one row per year, class, subject and school: how the same pupils' standing in the region changed from the class before.
with summaries as (
    select * from {{ ref('fct_vpr_score_summary') }}
),

works as (
    select *
    from {{ ref('objectivity_works') }}
    where previous_grade is not null
),

constants as (
    select
        {{ parameter('obj_min_people') }} as min_people,
        {{ parameter('obj_change_min_schools') }} as min_schools,
        {{ parameter('obj_change_limit') }} as deviations,
        {{ parameter('normal_quantile') }} as z
),

standing as (
    select
        summaries.*,
        (summaries.mean_score - summaries.region_mean) / summaries.region_deviation as standing,
        summaries.score_variance / summaries.participants / power(summaries.region_deviation, 2) as squared_error
    from summaries
    cross join constants
    where summaries.participants >= constants.min_people and summaries.region_deviation > 0
),

-- without a link between a pupil's works, the class of a school a year later stands for the same pupils
changed as (
    select
        now.vpr_year,
        now.grade,
        now.subject_code,
        now.school_code,
        now.academic_year,
        now.event_date,
        least(now.participants, earlier.participants) as participants,
        earlier.standing as earlier_standing,
        now.standing,
        now.standing - earlier.standing as change,
        sqrt(now.squared_error + earlier.squared_error) as standard_error
    from standing as now
    inner join works on now.grade = cast(works.grade as text) and now.subject_code = works.subject_code
    inner join standing as earlier
        on
            now.school_code = earlier.school_code
            and now.subject_code = earlier.subject_code
            and cast(works.previous_grade as text) = earlier.grade
            and {{ period_before('now.academic_year', "'academic_year'") }} = earlier.academic_year
),

compared as (
    select
        changed.*,
        stddev_samp(changed.change) over work as region_deviation,
        count(*) over work as schools
    from changed
    window work as (partition by changed.vpr_year, changed.grade, changed.subject_code)
)

select
    compared.academic_year,
    compared.vpr_year,
    compared.event_date,
    compared.grade,
    compared.subject_code,
    compared.school_code,
    compared.participants,
    compared.earlier_standing,
    compared.standing,
    compared.change as value,
    compared.change - constants.z * compared.standard_error as ci_low,
    compared.change + constants.z * compared.standard_error as ci_high,
    constants.deviations * compared.region_deviation as threshold,
    {{ more_than('abs(compared.change)', 'constants.deviations * compared.region_deviation') }} as is_marked
from compared
cross join constants
where compared.schools >= constants.min_schools
