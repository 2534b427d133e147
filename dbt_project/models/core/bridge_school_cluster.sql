-- Grain: one row per school and academic year that names its cluster.
with memberships as (
    select * from {{ ref('stg_clusters__membership') }}
)

select
    school_code,
    academic_year,
    cluster as cluster_code,
    {{ day_of_year('substring(academic_year, 1, 4)', "'09-01'") }} as valid_from,
    {{ day_of_year('substring(academic_year, 6, 4)', "'08-31'") }} as valid_to,
    file_name,
    row_number
from memberships
