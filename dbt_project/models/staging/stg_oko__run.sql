-- Grain: one row, the refresh that is under way.
select
    as_of,
    region_code,
    region_name,
    started_at,
    publication_id
from {{ source('raw', '_run') }}
