-- Grain: one row per declared source.
select
    source as source_name,
    title as source_title,
    cadence,
    layouts
from {{ source('raw', '_sources') }}
