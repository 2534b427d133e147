-- Grain: one row per participant with both marks: reports do not say how far the marks are apart.
{{ vpr_journal_units({'': 'far_apart'}) }}
