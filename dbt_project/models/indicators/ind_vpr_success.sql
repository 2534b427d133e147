-- Grain: one row per participant with a mark; where only the mark statistics are there, per school, class and subject.
{{ vpr_mark_units({'': 'count_3 + count_4 + count_5'}) }}
