-- Grain: one row per indicator, period, level, entity, subject, class and breakdown before suppression, for whom a role shows its own.
{{ config(
    materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}", post_hook="{{ update_readings('indicator_values') }}"
) }}

{{ indicator_readings(ref('indicator_values')) }}
