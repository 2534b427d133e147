-- Grain: one row per mark and participant with a mark; where only the mark statistics are there, per mark, school, class and subject.
{{ vpr_mark_units({'2': 'count_2', '3': 'count_3', '4': 'count_4', '5': 'count_5'}) }}
