-- Grain: one row per diagnostic work, school, class and participant; where only the total of a class is there, with an empty participant.
with individual as (
    select * from {{ ref('stg_monitoring__result') }}
),

totals as (
    select * from {{ ref('stg_monitoring_classes__result') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

results as (
    select
        procedure,
        work_code,
        work_date,
        subject_code,
        school_code,
        class,
        participant_code,
        cast(1 as bigint) as participants,
        raw_score,
        raw_score / max_raw_score as score_share,
        max_raw_score,
        mark,
        cast(case when mark is not null then 1 end as bigint) as marked,
        cast(case when mark is not null then case when mark >= 4 then 1 else 0 end end as bigint) as marked_good,
        file_name,
        row_number
    from individual
    union all
    -- of a total the mean, and its marks only where all four are there and nobody has two
    select
        procedure,
        work_code,
        work_date,
        subject_code,
        school_code,
        class,
        '' as participant_code,
        participants,
        mean_raw_score as raw_score,
        mean_raw_score / max_raw_score as score_share,
        max_raw_score,
        cast(null as double precision) as mark,
        case when marks_2 + marks_3 + marks_4 + marks_5 between 1 and participants then marks_2 + marks_3 + marks_4 + marks_5 end as marked,
        case when marks_2 + marks_3 + marks_4 + marks_5 between 1 and participants then marks_4 + marks_5 end as marked_good,
        file_name,
        row_number
    from totals
),

written as (
    select distinct
        work_code,
        school_code
    from individual
    where raw_score is not null or mark is not null
),

placed as (
    select
        results.*,
        {{ academic_year('results.work_date') }} as academic_year,
        cast(case when extract(month from results.work_date) >= 9 then 1 else 2 end as bigint) as half_year,
        cast({{ leading_integer('results.class') }} as text) as grade,
        coalesce(attribution.attributed_code, results.school_code) as attributed_code,
        {{ class_label('results.class') }} as class_name,
        results.participant_code = '' and written.work_code is not null as is_beside_people
    from results
    left join written on results.work_code = written.work_code and results.school_code = written.school_code
    left join attribution
        on
            results.school_code = attribution.school_code
            and results.work_date between attribution.valid_from and attribution.valid_to
),

-- of several works of a half-year in a class the last one counts, so that a pupil counts once
numbered as (
    select
        *,
        dense_rank() over (
            partition by procedure, academic_year, half_year, subject_code, school_code, class_name
            order by work_date desc, {{ byte_order('work_code') }} desc
        ) as place_from_last
    from placed
)

select
    procedure as procedure_name,
    work_code,
    work_date,
    academic_year,
    half_year,
    subject_code,
    school_code as reported_school_code,
    attributed_code as school_code,
    class as class_written,
    class_name,
    grade,
    participant_code,
    participants,
    raw_score,
    max_raw_score,
    score_share,
    mark,
    marked,
    marked_good,
    is_beside_people,
    place_from_last = 1 as is_last_of_half_year,
    not is_beside_people and place_from_last = 1 as is_counted,
    file_name,
    row_number
from numbered
