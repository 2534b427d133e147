-- Grain: one row per closed cell of an indicator that is counted from units, and why it is closed.
-- Primary: 1-4 people. Complementary: what would give a closed cell by adding and subtracting (see suppression_blocks): the schools of
-- a block, and above them every entity that holds a part of a block, or any of one whose sum itself would tell.
{{ config(schema='intermediate', materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}") }}

with cells as (
    select * from {{ rebuilt_results(ref('suppression_cells')) }}
),

places as (
    select * from {{ rebuilt_results(ref('indicator_places'), 'family') }}
),

blocks as (
    select * from {{ rebuilt_results(ref('suppression_blocks'), 'family') }}
),

block_sizes as (
    select
        slice_id,
        block,
        count(*) as schools
    from blocks
    group by slice_id, block
),

held as (
    select
        blocks.slice_id,
        blocks.block,
        blocks.is_safe,
        places.level,
        places.entity_code,
        count(distinct blocks.school_code) as schools
    from blocks
    inner join places on blocks.slice_id = places.slice_id and blocks.school_code = places.school_code
    group by blocks.slice_id, blocks.block, blocks.is_safe, places.level, places.entity_code
),

closed_entities as (
    select distinct
        slice_id,
        'school' as level,
        school_code as entity_code
    from blocks
    union
    select
        held.slice_id,
        held.level,
        held.entity_code
    from held
    inner join block_sizes on held.slice_id = block_sizes.slice_id and held.block = block_sizes.block
    where held.schools < block_sizes.schools or not held.is_safe
)

select
    cells.indicator_code,
    cells.period,
    cells.level,
    cells.entity_code,
    cells.subject_code,
    cells.grade,
    cells.breakdown,
    case when cells.is_primary then 'primary' else 'complementary' end as suppression
from cells
left join closed_entities
    on
        cells.slice_id = closed_entities.slice_id
        and cells.level = closed_entities.level
        and cells.entity_code = closed_entities.entity_code
where cells.is_primary or closed_entities.slice_id is not null
