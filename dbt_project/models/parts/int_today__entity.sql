-- Grain: one row per level and entity that is there on the day of the refresh.
with entities as (
    select * from {{ ref('dim_entity') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
)

select
    entities.level,
    entities.entity_code
from entities
inner join region on region.as_of between entities.valid_from and entities.valid_to
