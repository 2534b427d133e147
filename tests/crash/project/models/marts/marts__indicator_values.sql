-- Grain: one row per level and entity.
{{ config(alias='indicator_values') }}
select * from {{ ref('indicator_values') }}
