-- Grain: one row, the region: from the settings, else from the register of municipalities, else 00.
with run as (
    select * from {{ ref('stg_oko__run') }}
),

municipalities as (
    select * from {{ ref('stg_municipalities__municipality') }}
),

named as (
    select
        region_code,
        row_number() over (order by count(*) desc, region_code asc) as place
    from municipalities
    group by region_code
)

select
    coalesce(run.region_code, named.region_code, '00') as region_code,
    coalesce(run.region_name, 'Регион') as region_name,
    run.as_of
from run
left join named on named.place = 1
