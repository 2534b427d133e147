-- Grain: one row per academic year and school in which at least one marker could be sought.
{{ objectivity_school_units("case when found > 0 then 1 else 0 end", "1") }}
