-- Grain: one row per as-of date and school valid on it, once a register of certificates is there.
-- a school with a longer certificate beside the one that ends is not about to lose it
{{ certificate_units(
    "max(case when is_active then " ~ days_between('valid_to', 'as_of_date') ~ " end) <= " ~ parameter('expiring_days')
) }}
