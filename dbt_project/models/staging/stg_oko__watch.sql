-- Grain: one row, what the refresh under way is compared with and by when the next one must have ended.
select
    publication_id as previous_publication_id,
    as_of as previous_as_of,
    due_at
from {{ source('raw', '_watch') }}
