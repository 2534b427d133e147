-- Grain: one row per rule of data quality.
select
    rule_code,
    severity,
    title_ru,
    description_ru,
    what_to_do_ru
from {{ ref('quality_rules') }}
