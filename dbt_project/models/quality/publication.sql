-- Grain: one row, the publication that this database is.
with run as (
    select * from {{ ref('stg_oko__run') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

methodology as (
    select
        {{ join_texts("indicator_code || ' ' || methodology_version", "'; '", 'indicator_code') }} as methodology
    from indicators
)

select
    run.publication_id,
    run.as_of,
    run.started_at,
    methodology.methodology
from run
cross join methodology
