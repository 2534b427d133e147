-- Grain: one row per source, what of it is counted and period with unusually few or many rows.
with volumes as (
    select * from {{ ref('volumes') }}
)

select
    'volume_unusual' as rule_code,
    source,
    period,
    cast(null as text) as entity_code,
    cast(null as text) as entity_name,
    cast(null as text) as subject_code,
    cast(source_rows as double precision) as value,
    cast(previous_rows as double precision) as expected,
    source || ', ' || content || ', ' || period || ': строк ' || cast(source_rows as text) || ', за ' || previous_period || ' было '
    || cast(previous_rows as text) as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from volumes
where is_unusual
