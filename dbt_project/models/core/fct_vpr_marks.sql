-- Grain: one row per year, class, subject and school login of the ВПР mark statistics, counts rebuilt from per cent.
with report as (
    select * from {{ ref('stg_vpr__marks') }}
),

flat as (
    select * from {{ ref('stg_vpr__marks_flat') }}
),

individual as (
    select * from {{ ref('fct_vpr_result') }}
),

shares as (
    select
        'report_2' as origin,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        participants,
        share_2,
        share_3,
        share_4,
        share_5,
        file_name,
        row_number
    from report
    where school_login is not null
    union all
    select
        'flat' as origin,
        vpr_year,
        grade,
        subject_code,
        school_login,
        cast(null as date) as procedure_date,
        participants,
        share_2,
        share_3,
        share_4,
        share_5,
        file_name,
        row_number
    from flat
),

-- the flat table is a repacked report 2: where both are there, the report is closer to the origin
chosen as (
    select
        *,
        row_number() over (
            partition by vpr_year, grade, subject_code, school_login
            order by case origin when 'report_2' then 1 else 2 end
        ) as place
    from shares
    where participants > 0
),

counted as (
    select
        *,
        {{ round_to_integer('participants * share_2 / 100') }} as count_2,
        {{ round_to_integer('participants * share_3 / 100') }} as count_3,
        {{ round_to_integer('participants * share_4 / 100') }} as count_4,
        {{ round_to_integer('participants * share_5 / 100') }} as count_5
    from chosen
    where place = 1
),

placed as (
    {{ vpr_placed_beside('counted', 'individual', 'mark is not null') }}
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_login,
    school_code,
    origin,
    participants,
    count_2,
    count_3,
    count_4,
    count_5,
    coalesce(
        abs(count_2 + count_3 + count_4 + count_5 - participants)
        <= {{ parameter('count_tolerance') }},
        false
    ) as is_consistent,
    is_counted,
    file_name,
    row_number
from placed
