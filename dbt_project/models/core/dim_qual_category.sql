-- Grain: one row per qualification category.
with categories as (
    select * from {{ ref('qualification_categories') }}
)

select
    category,
    cast(ladder_rank as bigint) as ladder_rank,
    ladder_rank is not null as is_on_ladder
from categories
