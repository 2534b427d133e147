-- Grain: one row per as-of date, school and head or deputy employed there.
{{ leader_units("quality_management_pd_date is not null", positions=('руководитель', 'заместитель')) }}
