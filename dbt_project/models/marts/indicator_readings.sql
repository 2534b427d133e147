-- Grain: one row per indicator, period, level, entity, subject, class and breakdown after suppression, as dashboards show it.
{{ indicator_readings(ref('marts__indicator_values')) }}
