-- Grain: one row per as-of date, school and teacher employed there.
{{ staff_units("ladder_category = 'высшая'") }}
