-- Grain: one row per decision whose application is dated and school of the person on that day.
{{ attestation_units("decisions.days_to_decision <= " ~ parameter('attestation_days'), population="decisions.days_to_decision >= 0") }}
