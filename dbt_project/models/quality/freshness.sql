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

-- a file that was read again counts by its last reading
last_readings as (
    select
        *,
        row_number() over (partition by file_sha256 order by loaded_at desc, load_id desc) as place
    from readings
),

-- a file of which nothing could be read is there and makes nothing fresh
refused as (
    select distinct rejected.file_sha256
    from rejected
    inner join last_readings on rejected.file_sha256 = last_readings.file_sha256
    where rejected.row_number is null and last_readings.place = 1 and last_readings.rows_loaded = 0
),

file_counts as (
    select
        files.source_name,
        count(*) as files,
        max(case when refused.file_sha256 is null then files.modified_at end) as last_modified_at
    from files
    left join refused on files.file_sha256 = refused.file_sha256
    group by files.source_name
),

-- rows that waited when their file was read may stand there since
row_counts as (
    select
        last_readings.source_name,
        sum(coalesce(files.rows_loaded, last_readings.rows_loaded)) as rows_loaded,
        max(last_readings.loaded_at) as last_loaded_at
    from last_readings
    left join files on last_readings.file_sha256 = files.file_sha256
    where last_readings.place = 1
    group by last_readings.source_name
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
        cadences.soon_days,
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
),

due as (
    select
        *,
        {{ add_days('cast(last_modified_at as date)', 'max_age_days') }} as expected_by,
        age_days - max_age_days as days_over
    from aged
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
    coalesce(days_over > 0, false) as is_late,
    expected_by,
    cast(case when days_over > 0 then days_over end as integer) as days_over,
    case
        when max_age_days is null then 'по мере надобности'
        when last_modified_at is null then 'нет файлов'
        when days_over > 0 then 'пора обновить'
        when days_over > -soon_days then 'скоро срок'
        else 'в срок'
    end as state
from due
