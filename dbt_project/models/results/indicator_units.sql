-- Grain: one row per counted unit, indicator and version of its definition: all of them, one under another.
{{ config(schema='intermediate', materialized='view') }}

{{ indicator_units() }}
