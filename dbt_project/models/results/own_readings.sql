-- Grain: one row per indicator, period, level, entity, subject, class and breakdown before suppression, for whom a role shows its own.
{{ indicator_readings(ref('indicator_values')) }}
