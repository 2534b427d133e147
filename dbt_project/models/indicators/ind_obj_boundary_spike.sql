-- Grain: one row per academic year, class, subject and school in which the marker could be sought.
{{ objectivity_flag_units('fct_objectivity_boundary') }}
