-- Grain: one row per pupil of class 9, year, subject and way to count: the last attempt, or the first one.
{{ oge_share('4') }}
