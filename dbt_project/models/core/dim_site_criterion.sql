-- Grain: one row per criterion of the checks of school sites, listed or met.
with listed as (
    select * from {{ ref('site_criteria') }}
),

scores as (
    select * from {{ ref('stg_site_checks__score') }}
),

met as (
    select distinct criterion_code
    from scores
)

select
    coalesce(listed.criterion_code, met.criterion_code) as criterion_code,
    listed.criterion_name,
    listed.is_quality_information
from listed
full outer join met on listed.criterion_code = met.criterion_code
