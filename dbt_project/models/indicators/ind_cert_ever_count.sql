-- Grain: one row per as-of date and school valid on it, once a register of certificates is there.
{{ certificate_units("bool_or(is_quality_standard and as_of_date >= valid_from)") }}
