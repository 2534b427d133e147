-- Grain: one row, the publication that this database is.
with run as (
    select * from {{ ref('stg_oko__run') }}
),

watch as (
    select * from {{ ref('stg_oko__watch') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

methodology as (
    select
        {{ join_texts("indicator_code || ' ' || methodology_version", "'; '", 'indicator_code') }} as methodology
    from indicators
),

-- what the region has allowed itself against the default
switches as (
    select
        {{ join_texts('parameter_code', "'; '", 'parameter_code') }} as switches_on
    from {{ ref('parameters') }}
    where substring(parameter_code, 1, 6) = 'allow_' and value <> '0'
)

select
    run.publication_id,
    run.as_of,
    run.started_at,
    methodology.methodology,
    coalesce(switches.switches_on, '') as switches_on,
    watch.previous_publication_id,
    cast(current_timestamp at time zone 'UTC' as timestamp) as built_at,
    watch.due_at
from run
left join watch on true
cross join methodology
cross join switches
