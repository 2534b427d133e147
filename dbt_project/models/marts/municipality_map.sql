-- Grain: one row per year, open indicator, subject, class, breakdown and municipality: the last period of a year, with its place on a map.
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

outlines as (
    select * from {{ ref('dim_municipality_outline') }}
),

-- who has no outline has a tile; the map, if there is one, stands above the tiles
numbered as (
    select
        known.municipality_code,
        outlines.outline,
        outlines.map_left,
        outlines.map_top,
        outlines.map_width,
        outlines.map_height,
        outlines.map_ratio,
        outlines.label_left,
        outlines.label_top,
        outlines.label_width,
        row_number() over (
            partition by case when outlines.outline is null then 0 else 1 end
            order by {{ byte_order('known.municipality_code') }}
        ) - 1 as place,
        -- about twice as many columns as rows: a tile is wider than it is high
        cast(ceil(sqrt(2.0 * (count(*) over () - count(outlines.outline) over ()))) as bigint) as columns_wanted,
        case when count(outlines.outline) over () > 0 then 1 else 0 end as rows_of_map
    from known
    left join outlines on known.municipality_code = outlines.municipality_code
),

places as (
    select
        *,
        cast(case when outline is null then place % columns_wanted + 1 else 1 end as integer) as tile_column,
        cast(
            case when outline is null then floor(place / cast(columns_wanted as double precision)) + 1 + rows_of_map else 1 end
            as integer
        ) as tile_row,
        cast(case when outline is null or columns_wanted = 0 then 1 else columns_wanted end as integer) as tile_columns
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
    places.tile_column,
    places.tile_row,
    places.tile_columns,
    places.outline,
    places.map_left,
    places.map_top,
    places.map_width,
    places.map_height,
    places.map_ratio,
    places.label_left,
    places.label_top,
    places.label_width,
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
inner join places on latest.municipality_code = places.municipality_code
