-- Grain: one row per year, class, subject, school login and raw score of the ВПР; people where they are known, reports elsewhere.
with results as (
    select * from {{ ref('fct_vpr_result') }}
),

report as (
    select * from {{ ref('int_vpr__score_count') }}
),

scored as (
    select
        *,
        {{ round_to_integer('raw_score') }} as score
    from results
    where raw_score is not null
),

individual as (
    select
        min(academic_year) as academic_year,
        vpr_year,
        min(event_date) as event_date,
        grade,
        subject_code,
        school_login,
        min(school_code) as school_code,
        score,
        cast(count(*) as bigint) as pupils
    from scored
    group by vpr_year, grade, subject_code, school_login, score
),

placed as (
    {{ vpr_placed_beside('report', 'individual') }}
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_login,
    school_code,
    'individual' as origin,
    score,
    pupils,
    cast(sum(pupils) over (partition by vpr_year, grade, subject_code, school_login) as bigint) as participants,
    true as is_consistent,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from individual
union all
select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_login,
    school_code,
    origin,
    score,
    pupils,
    participants,
    is_consistent,
    file_name,
    row_number
from placed
where is_counted
