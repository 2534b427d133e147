-- Grain: one row per municipality, year and kind of view of its mechanisms of quality management.
with scores as (
    select * from {{ ref('fct_muk_score') }}
)

select
    municipality_code || '/' || cast(year as text) || '/' || kind as unit_id,
    cast(1 as bigint) as units,
    {{ municipality_member('municipality_code') }} as member_code,
    '' as class_name,
    event_date,
    cast(year as text) as period,
    '' as subject_code,
    '' as grade,
    kind as breakdown,
    cast(100 * sum(score) as double precision) as numerator,
    cast(sum(max_score) as double precision) as denominator,
    cast(null as double precision) as sum_squares
from scores
group by municipality_code, year, kind, event_date
having sum(max_score) > 0
