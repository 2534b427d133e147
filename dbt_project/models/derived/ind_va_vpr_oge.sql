-- Grain: one row per school, subject and academic year of ОГЭ whose cohort has both works.
{{ value_added('ВПР', '5', 'ОГЭ', '', 4) }}
