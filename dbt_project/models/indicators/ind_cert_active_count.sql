-- Grain: one row per as-of date and school valid on it, once a register of certificates is there.
{{ certificate_units("bool_or(is_active)") }}
