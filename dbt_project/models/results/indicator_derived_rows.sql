-- Grain: one row per derived indicator, period, level, entity, subject, class and breakdown: all of them, one under another.
{{ config(schema='intermediate', materialized='view') }}

{{ derived_rows() }}
