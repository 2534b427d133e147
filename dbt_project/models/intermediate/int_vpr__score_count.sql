-- Grain: one row per year, class, subject, school login and score of the reported distributions, counts rebuilt from per cent.
with report as (
    select * from {{ ref('stg_vpr__scores') }}
),

flat as (
    select * from {{ ref('stg_vpr__scores_flat') }}
),

shares as (
    select
        'report_4' as origin,
        vpr_year,
        grade,
        subject_code,
        school_login,
        procedure_date,
        participants,
        score_shares,
        decimals,
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
        score_shares,
        decimals,
        file_name,
        row_number
    from flat
),

-- the flat table is a repacked report 4: where both are there, the report is closer to the origin
ranked as (
    select
        *,
        row_number() over (
            partition by vpr_year, grade, subject_code, school_login
            order by case origin when 'report_4' then 1 else 2 end
        ) as place
    from shares
    where participants > 0
),

chosen as (
    select *
    from ranked
    where place = 1
),

entries as (
    select
        *,
        {{ json_each_key('score_shares') }} as entry_key,
        {{ json_each_value('score_shares') }} as entry_value
    from chosen
),

counted as (
    select
        *,
        cast(entry_key as bigint) as score,
        -- a blank share is a score that nobody has: the sum of all tells whether that is so
        {{ round_to_integer('participants * coalesce(cast(entry_value as double precision), 0) / 100') }} as pupils
    from entries
),

-- every score may be off by the whole people that the rounding of its share can hide; mostly that is nobody
judged as (
    select
        *,
        cast(sum(pupils) over (partition by vpr_year, grade, subject_code, school_login) as bigint) as counted,
        cast(greatest(
            {{ parameter('count_tolerance') }},
            count(*) over (partition by vpr_year, grade, subject_code, school_login)
            * floor({{ share_error('participants', 'decimals') }} + 0.5)
        ) as bigint) as tolerance
    from counted
)

select
    vpr_year,
    grade,
    subject_code,
    school_login,
    score,
    origin,
    procedure_date,
    participants,
    pupils,
    counted,
    tolerance,
    abs(counted - participants) <= tolerance as is_consistent,
    file_name,
    row_number
from judged
