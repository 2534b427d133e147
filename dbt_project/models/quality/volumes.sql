-- Grain: one row per source, what of it is counted and period, beside the period before.
-- A period that is not over on the day of the refresh is not judged, nor is one of few rows.
with counted as (
    select * from {{ ref('source_rows') }}
),

run as (
    select * from {{ ref('stg_oko__run') }}
),

summed as (
    select
        source,
        content,
        period_kind,
        period,
        cast(sum(source_rows) as bigint) as source_rows,
        count(nullif(school_code, '')) as schools
    from counted
    group by source, content, period_kind, period
),

dated as (
    select
        *,
        case period_kind when 'wave' then lag(period) over waves else {{ period_before('period', 'period_kind') }} end as period_before,
        case period_kind
            when 'year' then {{ day_of_year('substring(period, 1, 4)', parameter('network_last_day', as_text=true)) }}
            when 'academic_year' then {{ day_of_year('substring(period, 6, 4)', parameter('network_last_day', as_text=true)) }}
            else {{ period_day('period', 'period_kind') }}
        end as last_day
    from summed
    window waves as (partition by source, content order by period)
),

paired as (
    select
        now.source,
        now.content,
        now.period,
        now.source_rows,
        now.schools,
        earlier.period as previous_period,
        earlier.source_rows as previous_rows,
        earlier.schools as previous_schools,
        now.source_rows / cast(earlier.source_rows as double precision) as ratio,
        now.last_day <= run.as_of as is_over
    from dated as now
    cross join run
    left join dated as earlier
        on
            now.source = earlier.source
            and now.content = earlier.content
            and now.period_kind = earlier.period_kind
            and now.period_before = earlier.period
),

sources as (
    select * from {{ ref('stg_oko__source') }}
)

select
    paired.source,
    sources.source_title,
    paired.content,
    paired.period,
    paired.source_rows,
    paired.schools,
    paired.previous_period,
    paired.previous_rows,
    paired.previous_schools,
    paired.ratio,
    paired.is_over,
    coalesce(
        paired.is_over
        and (
            paired.source_rows >= {{ parameter('volume_min_rows') }}
            or paired.previous_rows >= {{ parameter('volume_min_rows') }}
        )
        and (paired.ratio < {{ parameter('volume_min_ratio') }} or paired.ratio > {{ parameter('volume_max_ratio') }}),
        false
    ) as is_unusual
from paired
left join sources on paired.source = sources.source_name
