-- Grain: one row, the one indicator of these tests.
select
    'mean_score' as indicator_code,
    '1' as methodology_version,
    false as is_suppressible,
    false as has_distinct_units,
    false as has_bodies,
    'class' as core_levels,
    '' as open_breakdowns
