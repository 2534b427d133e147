-- Grain: one row per declared source.
with sources as (
    select * from {{ ref('stg_oko__source') }}
),

files as (
    select * from {{ ref('stg_oko__file') }}
),

readings as (
    select * from {{ ref('stg_oko__load') }}
),

rejected as (
    select * from {{ ref('stg_oko__rejection') }}
),

cadences as (
    select * from {{ ref('cadences') }}
),

run as (
    select * from {{ ref('stg_oko__run') }}
),

file_counts as (
    select
        source_name,
        count(*) as files,
        max(modified_at) as last_modified_at
    from files
    group by source_name
),

-- a file that was read again counts by its last reading
last_readings as (
    select
        *,
        row_number() over (partition by file_sha256 order by loaded_at desc, load_id desc) as place
    from readings
),

row_counts as (
    select
        source_name,
        sum(rows_loaded) as rows_loaded,
        max(loaded_at) as last_loaded_at
    from last_readings
    where place = 1
    group by source_name
),

rejection_counts as (
    select
        source_name,
        count(*) as rows_rejected
    from rejected
    group by source_name
),

aged as (
    select
        sources.source_name,
        sources.source_title,
        sources.cadence,
        cadences.title_ru,
        cadences.max_age_days,
        file_counts.files,
        file_counts.last_modified_at,
        row_counts.rows_loaded,
        row_counts.last_loaded_at,
        rejection_counts.rows_rejected,
        {{ days_between('run.as_of', 'cast(file_counts.last_modified_at as date)') }} as age_days
    from sources
    cross join run
    left join cadences on sources.cadence = cadences.cadence
    left join file_counts on sources.source_name = file_counts.source_name
    left join row_counts on sources.source_name = row_counts.source_name
    left join rejection_counts on sources.source_name = rejection_counts.source_name
)

select
    source_name as source,
    source_title,
    coalesce(title_ru, cadence) as cadence,
    coalesce(files, 0) as files,
    cast(coalesce(rows_loaded, 0) as bigint) as rows_loaded,
    coalesce(rows_rejected, 0) as rows_rejected,
    last_modified_at,
    last_loaded_at,
    age_days,
    coalesce(age_days > max_age_days, false) as is_late
from aged
