-- Grain: one row per year, open indicator, subject, class, breakdown and municipality: the last period of the year, with the tile of a map.
with readings as (
    select
        *,
        -- an indicator counted on dates has several periods a year
        max(period) over (partition by indicator_code, year) as last_period
    from {{ ref('indicator_readings') }}
    where level = 'municipality' and usage_kind = 'open'
),

latest as (
    select
        *,
        case when shown_as = 'percent' then 100.0 else 1.0 end as scale,
        min(value) over (partition by indicator_code, year, subject_code, grade, breakdown) as least_value,
        max(value) over (partition by indicator_code, year, subject_code, grade, breakdown) as greatest_value
    from readings
    where period = last_period
),

known as (
    select distinct municipality_code from {{ ref('dim_municipality') }}
    union
    select distinct municipality_code from latest
),

numbered as (
    select
        municipality_code,
        row_number() over (order by {{ byte_order('municipality_code') }}) - 1 as place,
        -- about twice as many columns as rows: a tile is wider than it is high
        cast(ceil(sqrt(2.0 * count(*) over ())) as bigint) as columns_wanted
    from known
),

tiles as (
    select
        municipality_code,
        cast(place % columns_wanted + 1 as integer) as tile_column,
        cast(floor(place / cast(columns_wanted as double precision)) + 1 as integer) as tile_row
    from numbered
)

select
    latest.year,
    latest.period,
    latest.period_title,
    latest.topic,
    latest.indicator_code,
    latest.indicator_name,
    latest.municipality_code,
    latest.municipality_name,
    tiles.tile_column,
    tiles.tile_row,
    latest.subject_code,
    latest.subject_name,
    latest.grade,
    latest.breakdown,
    latest.cut,
    latest.indicator_name || case when latest.cut = '' then '' else ', ' || latest.cut end as card_title,
    latest.unit,
    latest.shown_as,
    latest.n,
    latest.value * latest.scale as value_shown,
    latest.ci_low * latest.scale as ci_low_shown,
    latest.ci_high * latest.scale as ci_high_shown,
    cast(
        case
            when latest.greatest_value > latest.least_value
                then (latest.value - latest.least_value) / (latest.greatest_value - latest.least_value)
            -- all alike: neither dark nor light
            when latest.value is not null then 0.5
        end as double precision
    ) as shade,
    latest.assessment,
    latest.is_suppressed,
    latest.value_text,
    latest.interval_text,
    latest.change_text,
    latest.reading_text,
    latest.entity_label,
    latest.source_date,
    latest.limits_text,
    latest.usage_kind,
    latest.visibility,
    latest.methodology_version
from latest
inner join tiles on latest.municipality_code = tiles.municipality_code
