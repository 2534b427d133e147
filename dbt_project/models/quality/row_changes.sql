-- Grain: one row per source and per indicator that is in this publication or was in the one before: how many rows it has.
with freshness as (
    select * from {{ ref('freshness') }}
),

-- the rows that the mart has, which may not be read here
indicator_values as (
    select found.indicator_code
    from {{ ref('indicator_values') }} as found
    inner join {{ ref('dim_indicator') }} as indicators on found.indicator_code = indicators.indicator_code
    where found.level <> 'class' and not {{ is_listed('indicators.core_levels', 'found.level') }}
),

previous as (
    select * from {{ ref('stg_oko__previous_row_count') }}
),

counted as (
    select
        'источник' as counted,
        source as code,
        rows_loaded as row_count
    from freshness
    union all
    select
        'показатель' as counted,
        indicator_code as code,
        count(*) as row_count
    from indicator_values
    group by indicator_code
),

paired as (
    select
        coalesce(counted.counted, previous.counted) as counted,
        coalesce(counted.code, previous.code) as code,
        coalesce(counted.row_count, 0) as row_count,
        previous.previous_rows,
        coalesce(counted.row_count, 0) / nullif(cast(previous.previous_rows as double precision), 0) as ratio
    from counted
    full outer join previous on counted.counted = previous.counted and counted.code = previous.code
)

select
    counted,
    code,
    cast(row_count as bigint) as row_count,
    previous_rows,
    ratio,
    coalesce(
        (row_count >= {{ parameter('change_min_rows') }} or previous_rows >= {{ parameter('change_min_rows') }})
        and (
            {{ more_than(parameter('change_rows_min_ratio'), 'ratio') }}
            or {{ more_than('ratio', parameter('change_rows_max_ratio')) }}
        ),
        false
    ) as is_unusual
from paired
