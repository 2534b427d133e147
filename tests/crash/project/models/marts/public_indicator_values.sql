-- Grain: one row per level and entity.
select * from {{ ref('marts__indicator_values') }}
where visibility = 'public'
