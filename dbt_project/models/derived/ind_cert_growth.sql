-- Grain: one row per as-of date after the baseline, level and entity that was there on the baseline too.
-- The baseline is the first as-of date since the project began.
with compared as (
    select * from {{ ref('indicator_compared') }}
),

counts as (
    select * from compared
    where indicator_code = 'cert_active_count'
),

baseline as (
    select min(period) as period
    from counts
    where period >= {{ parameter('project_start', as_text=true) }}
),

before as (
    select counts.*
    from counts
    inner join baseline on counts.period = baseline.period
)

select
    counts.period,
    counts.level,
    counts.entity_code,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(null as double precision) as numerator,
    cast(null as double precision) as denominator,
    counts.value - before.value as value,
    counts.n,
    cast(null as bigint) as n_other,
    cast(null as double precision) as ci_low,
    cast(null as double precision) as ci_high
from counts
inner join before on counts.level = before.level and counts.entity_code = before.entity_code
where counts.period > before.period
