-- Grain: one row per as-of date, school and head employed there.
-- the latest document tells: with one of before the project alone, nobody was taught by it
{{ leader_units("quality_management_pd_date >= cast(" ~ parameter('project_start', as_text=true) ~ " as date)") }}
