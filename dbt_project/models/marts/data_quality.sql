-- Grain: one row per source, what of it is counted, period and municipality: is what came enough to judge by.
with coverage as (
    select * from {{ ref('coverage') }}
),

volumes as (
    select * from {{ ref('volumes') }}
),

sources as (
    select * from {{ ref('freshness') }}
)

select
    coverage.source,
    sources.source_title,
    coverage.content,
    coverage.period,
    coverage.municipality_code,
    coverage.municipality_name,
    coverage.schools_expected,
    coverage.schools_present,
    coverage.schools_expected - coverage.schools_present as schools_missing,
    coverage.share,
    volumes.source_rows,
    volumes.previous_rows,
    volumes.is_unusual
from coverage
left join sources on coverage.source = sources.source
left join volumes
    on
        coverage.source = volumes.source
        and coverage.content = volumes.content
        and coverage.period = volumes.period
