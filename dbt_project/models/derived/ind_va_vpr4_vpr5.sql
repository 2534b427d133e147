-- Grain: one row per school, subject and academic year of the fifth class whose cohort has both works.
{{ value_added('ВПР', '4', 'ВПР', '5', 1) }}
