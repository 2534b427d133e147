-- Grain: one row per year, class, subject and school of the ВПР: its raw scores in sum, beside those of all schools.
with distribution as (
    select *
    from {{ ref('fct_vpr_score_distribution') }}
    where is_consistent and pupils > 0
),

schools as (
    select
        vpr_year,
        grade,
        subject_code,
        school_code,
        min(academic_year) as academic_year,
        min(event_date) as event_date,
        cast(sum(pupils) as bigint) as participants,
        cast(sum(pupils * score) as double precision) as score_sum,
        cast(sum(pupils * score * score) as double precision) as square_sum
    from distribution
    group by vpr_year, grade, subject_code, school_code
),

compared as (
    select
        *,
        sum(participants) over work as all_participants,
        sum(score_sum) over work as all_score_sum,
        sum(square_sum) over work as all_square_sum
    from schools
    window work as (partition by vpr_year, grade, subject_code)
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_code,
    participants,
    score_sum,
    score_sum / participants as mean_score,
    {{ sample_variance('score_sum', 'square_sum', 'participants') }} as score_variance,
    all_score_sum / all_participants as region_mean,
    sqrt({{ sample_variance('all_score_sum', 'all_square_sum', 'all_participants') }}) as region_deviation
from compared
