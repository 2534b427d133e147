-- Grain: one row per pupil of class 9, year and subject.
{{ oge_mean('raw_score') }}
