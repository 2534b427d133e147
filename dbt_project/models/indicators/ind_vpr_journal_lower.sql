-- Grain: one row per participant with both marks; where only the comparison report is there, per school, class and subject.
{{ vpr_journal_units({'': 'lowered'}) }}
