-- Grain: one row per indicator, period, level, entity, subject, class and breakdown before suppression, for whom a role shows its own.
{{ config(alias='indicator_readings') }}

{{ indicator_readings(ref('indicator_values')) }}
