-- Grain: one row per year, class, subject and school: whether raw scores gather where a better mark begins.
with distribution as (
    select *
    from {{ ref('fct_vpr_score_distribution') }}
    where is_consistent and pupils > 0
),

scales as (
    select * from {{ ref('dim_vpr_mark_scale') }}
),

constants as (
    select
        {{ parameter('obj_spike_min_people') }} as min_people,
        {{ parameter('obj_spike_limit') }} as spike_limit,
        {{ parameter('normal_quantile') }} as z
),

boundaries as (
    {%- for mark in [3, 4, 5] %}
    select
        vpr_year,
        grade,
        subject_code,
        min_{{ mark }} as boundary
    from scales
    where min_{{ mark }} is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

school_scores as (
    select
        vpr_year,
        grade,
        subject_code,
        school_code,
        score,
        cast(sum(pupils) as bigint) as pupils
    from distribution
    group by vpr_year, grade, subject_code, school_code, score
),

schools as (
    select
        vpr_year,
        grade,
        subject_code,
        school_code,
        min(academic_year) as academic_year,
        min(event_date) as event_date,
        cast(sum(pupils) as double precision) as participants
    from distribution
    group by vpr_year, grade, subject_code, school_code
),

region_scores as (
    select
        vpr_year,
        grade,
        subject_code,
        score,
        sum(pupils) / cast(sum(sum(pupils)) over (partition by vpr_year, grade, subject_code) as double precision) as share
    from distribution
    group by vpr_year, grade, subject_code, score
),

-- what the region makes one expect at the boundary and right before it: the mean over three neighbouring scores
expected as (
    select
        boundaries.vpr_year,
        boundaries.grade,
        boundaries.subject_code,
        boundaries.boundary,
        sum(case when region_scores.score >= boundaries.boundary - 1 then region_scores.share else 0 end) / 3 as share_at,
        sum(case when region_scores.score <= boundaries.boundary then region_scores.share else 0 end) / 3 as share_before
    from boundaries
    inner join region_scores
        on
            boundaries.vpr_year = region_scores.vpr_year
            and boundaries.grade = region_scores.grade
            and boundaries.subject_code = region_scores.subject_code
            and region_scores.score between boundaries.boundary - 2 and boundaries.boundary + 1
    group by boundaries.vpr_year, boundaries.grade, boundaries.subject_code, boundaries.boundary
),

observed as (
    select
        schools.vpr_year,
        schools.grade,
        schools.subject_code,
        schools.school_code,
        schools.academic_year,
        schools.event_date,
        schools.participants,
        expected.boundary,
        expected.share_at,
        expected.share_before,
        coalesce(sum(case when school_scores.score = expected.boundary then school_scores.pupils end), 0) / schools.participants
            as school_at,
        coalesce(sum(case when school_scores.score = expected.boundary - 1 then school_scores.pupils end), 0) / schools.participants
            as school_before,
        coalesce(sum(case when school_scores.score = expected.boundary + 1 then school_scores.pupils end), 0) / schools.participants
            as school_after
    from schools
    inner join expected
        on
            schools.vpr_year = expected.vpr_year and schools.grade = expected.grade and schools.subject_code = expected.subject_code
    left join school_scores
        on
            schools.vpr_year = school_scores.vpr_year
            and schools.grade = school_scores.grade
            and schools.subject_code = school_scores.subject_code
            and schools.school_code = school_scores.school_code
            and school_scores.score between expected.boundary - 1 and expected.boundary + 1
    group by
        schools.vpr_year,
        schools.grade,
        schools.subject_code,
        schools.school_code,
        schools.academic_year,
        schools.event_date,
        schools.participants,
        expected.boundary,
        expected.share_at,
        expected.share_before
),

judged as (
    select
        observed.*,
        constants.z,
        observed.school_at - (observed.school_before + observed.school_after) / 2 as peak,
        {{ more_than(
            '(observed.school_at - observed.share_at)',
            'constants.spike_limit * sqrt(observed.share_at * (1 - observed.share_at) / observed.participants)'
        ) }}
        and {{ more_than('observed.share_before', 'observed.school_before') }} as is_spike
    from observed
    cross join constants
    where observed.participants >= constants.min_people
),

-- the index is a weighted sum of shares: 1 at a boundary that stands out, minus a half on both sides of it
weights as (
    select
        judged.vpr_year,
        judged.grade,
        judged.subject_code,
        judged.school_code,
        school_scores.score,
        max(school_scores.pupils) / max(judged.participants) as share,
        sum(case when school_scores.score = judged.boundary then 1 else -0.5 end) as weight
    from judged
    inner join school_scores
        on
            judged.vpr_year = school_scores.vpr_year
            and judged.grade = school_scores.grade
            and judged.subject_code = school_scores.subject_code
            and judged.school_code = school_scores.school_code
            and school_scores.score between judged.boundary - 1 and judged.boundary + 1
    where judged.peak > 0
    group by judged.vpr_year, judged.grade, judged.subject_code, judged.school_code, school_scores.score
),

spread as (
    select
        vpr_year,
        grade,
        subject_code,
        school_code,
        greatest(sum(weight * weight * share) - power(sum(weight * share), 2), 0) as unit_variance
    from weights
    group by vpr_year, grade, subject_code, school_code
),

indexed as (
    select
        vpr_year,
        grade,
        subject_code,
        school_code,
        academic_year,
        event_date,
        participants,
        z,
        cast(sum(case when is_spike then 1 else 0 end) as bigint) as spikes,
        sum(case when peak > 0 then peak else 0 end) as spike_index
    from judged
    group by vpr_year, grade, subject_code, school_code, academic_year, event_date, participants, z
)

select
    indexed.academic_year,
    indexed.vpr_year,
    indexed.event_date,
    indexed.grade,
    indexed.subject_code,
    indexed.school_code,
    cast(indexed.participants as bigint) as participants,
    indexed.spikes,
    indexed.spike_index as value,
    case
        when spread.unit_variance is not null
            then greatest(indexed.spike_index - indexed.z * sqrt(spread.unit_variance / indexed.participants), 0)
    end as ci_low,
    indexed.spike_index + indexed.z * sqrt(spread.unit_variance / indexed.participants) as ci_high,
    cast(null as double precision) as threshold,
    indexed.spikes > 0 as is_marked
from indexed
left join spread
    on
        indexed.vpr_year = spread.vpr_year
        and indexed.grade = spread.grade
        and indexed.subject_code = spread.subject_code
        and indexed.school_code = spread.school_code
