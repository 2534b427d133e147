-- Grain: one row per academic year and school in which at least one marker could be sought.
{{ objectivity_school_units("found", "null") }}
