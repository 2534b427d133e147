-- Grain: one row per municipality that some file gives an outline: its shape, and its place on a map of the region.
with boundaries as (
    select * from {{ ref('stg_boundaries__outline') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
),

-- a district that became an округ may have an outline by either code: the later code counts
matched as (
    select
        boundaries.*,
        oktmo_municipality.municipality_code,
        row_number() over (
            partition by oktmo_municipality.municipality_code
            order by oktmo_municipality.valid_to desc, {{ byte_order('boundaries.oktmo') }}
        ) as place
    from boundaries
    inner join oktmo_municipality on boundaries.oktmo = oktmo_municipality.oktmo
),

framed as (
    select
        *,
        min(west) over () as region_west,
        max(north) over () as region_north,
        max(east) over () - min(west) over () as region_width,
        max(north) over () - min(south) over () as region_height,
        (max(north) over () + min(south) over ()) / 2 as middle_latitude
    from matched
    where place = 1
)

select
    municipality_code,
    oktmo,
    outline,
    100 * (west - region_west) / region_width as map_left,
    100 * (region_north - north) / region_height as map_top,
    100 * (east - west) / region_width as map_width,
    100 * (north - south) / region_height as map_height,
    -- a degree of longitude is shorter than one of latitude; that of the middle stands for all of the region
    region_width * cos(radians(middle_latitude)) / region_height as map_ratio,
    label_left,
    label_top,
    label_width,
    file_name,
    row_number
from framed
