-- Grain: one row per table that the last published build was made from besides protocols.
select
    input,
    content
from {{ source('raw', '_inputs') }}
