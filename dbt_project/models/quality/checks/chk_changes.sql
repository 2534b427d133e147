-- Grain: one row per suspicious change: of a number of rows, or of a value of the region.
with row_changes as (
    select * from {{ ref('row_changes') }}
    where is_unusual
),

limits as (
    select * from {{ ref('control_limits') }}
    where is_outside or is_gone
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

worded as (
    select
        *,
        case
            when is_gone then 'change_gone'
            when basis = 'прежние периоды' then 'change_limits'
            else 'change_value'
        end as rule_code,
        case unit when 'share' then 100 else 1 end as scale,
        case unit when 'share' then ' %' else '' end as sign
    from limits
)

select
    'change_rows' as rule_code,
    case row_changes.counted when 'источник' then row_changes.code end as source,
    cast(null as text) as period,
    cast(null as text) as entity_code,
    cast(null as text) as entity_name,
    cast(null as text) as subject_code,
    cast(row_changes.row_count as double precision) as value,
    cast(row_changes.previous_rows as double precision) as expected,
    case row_changes.counted when 'источник' then 'Источник ' else 'Показатель ' end
    || coalesce(indicators.indicator_name || ' (' || row_changes.code || ')', row_changes.code)
    || ': строк ' || cast(row_changes.row_count as text)
    || ', в прежней публикации было ' || cast(row_changes.previous_rows as text) as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from row_changes
left join indicators on row_changes.counted = 'показатель' and row_changes.code = indicators.indicator_code
union all
select
    worded.rule_code,
    cast(null as text) as source,
    worded.period,
    worded.entity_code,
    cast(null as text) as entity_name,
    worded.subject_code,
    worded.value,
    worded.center as expected,
    worded.indicator_name || ' (' || worded.indicator_code || '), ' || {{ period_ru('worded.period', 'measured.period_kind') }}
    || case
        when worded.subject_code = '' then ''
        else ', ' || {{ subject_ru('worded.subject_code', 'subjects.subject_name', "measured.topic = 'ЕГЭ'") }}
    end
    || case when worded.grade = '' then '' else ', ' || worded.grade || ' класс' end
    || case when worded.breakdown = '' then '' else ', ' || worded.breakdown end
    || case
        when worded.is_gone
            then ': было ' || {{ number_ru('worded.center * worded.scale') }} || worded.sign || ', теперь значения нет'
        else
            ': ' || {{ number_ru('worded.value * worded.scale') }} || worded.sign || ' вне пределов '
            || {{ number_ru('worded.limit_low * worded.scale') }} || ' … ' || {{ number_ru('worded.limit_high * worded.scale') }}
            || worded.sign || ' (' || worded.basis || ')'
    end as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from worded
inner join indicators as measured on worded.indicator_code = measured.indicator_code
left join subjects on worded.subject_code = subjects.subject_code
