-- Grain: one row per participant with a mark; where only the mark statistics are there, per school, class and subject.
with individual as (
    select * from {{ ref('fct_vpr_result') }}
),

aggregated as (
    select * from {{ ref('fct_vpr_marks') }}
),

units as (
    select
        cast(vpr_year as text) || '/' || school_login || '/' || participant_code as unit_key,
        cast(1 as bigint) as units,
        school_code,
        {{ class_label('class_name') }} as class_name,
        event_date,
        academic_year,
        subject_code,
        grade,
        cast(case when mark >= 4 then 1 else 0 end as double precision) as numerator,
        cast(1 as double precision) as denominator
    from individual
    where mark is not null
    union all
    select
        cast(vpr_year as text) || '/' || school_login as unit_key,
        participants as units,
        school_code,
        '' as class_name,
        event_date,
        academic_year,
        subject_code,
        grade,
        cast(count_4 + count_5 as double precision) as numerator,
        cast(participants as double precision) as denominator
    from aggregated
    where is_counted and is_consistent
)

select
    unit_key || '/' || subject_code || '/' || grade as unit_id,
    units,
    school_code as member_code,
    class_name,
    event_date,
    academic_year as period,
    subject_code,
    grade,
    '' as breakdown,
    numerator,
    denominator,
    cast(null as double precision) as sum_squares
from units
