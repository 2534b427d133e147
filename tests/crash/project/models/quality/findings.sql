-- Grain: one row per finding made while a file was read.
select * from {{ ref('stg_oko__finding') }}
