-- Grain: one row per decision of the attestation board and school of the person on that day.
{{ attestation_units("decisions.is_granted") }}
