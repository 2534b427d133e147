-- Grain: one row per cluster.
with memberships as (
    select * from {{ ref('stg_clusters__membership') }}
)

select
    cluster as cluster_code,
    min(academic_year) as first_academic_year,
    max(academic_year) as last_academic_year
from memberships
group by cluster
