-- Grain: one row per indicator, period, level, entity, subject, class and breakdown after suppression, as dashboards show it.
{{ config(
    materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}", post_hook="{{ update_readings('marts__indicator_values') }}"
) }}

{{ indicator_readings(ref('marts__indicator_values')) }}
