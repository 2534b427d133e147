{# Values as people read them on a dashboard: with their names, unit, interval, change, number of people and the date of the files. #}

{# A number with one decimal after a comma and a minus that is one. #}
{% macro decimal_ru(number) -%}
    replace(replace(cast(cast({{ number }} as decimal(18, 1)) as text), '.', ','), '-', '−')
{%- endmacro %}

{# A value in its unit: «63,2 %», «41», «52,6». #}
{% macro value_ru(value, unit, shown_as) -%}
    case
        when {{ shown_as }} = 'percent' then {{ decimal_ru('100 * ' ~ value) }}
        when {{ shown_as }} = 'hundredths' then replace({{ number_ru(value) }}, '-', '−')
        when {{ unit }} = 'count' then replace(cast({{ round_to_integer(value) }} as text), '-', '−')
        else {{ decimal_ru(value) }}
    end
{%- endmacro %}

{# What stands after a value, and after the difference of two. #}
{% macro unit_ru(unit, shown_as) -%}
    case when {{ shown_as }} <> 'percent' then '' when {{ unit }} = 'difference' then ' п.п.' else ' %' end
{%- endmacro %}
{% macro change_unit_ru(shown_as) -%}case when {{ shown_as }} = 'percent' then ' п.п.' else '' end{%- endmacro %}

{# A period as people call it. #}
{% macro period_ru(period, period_kind) -%}
    case {{ period_kind }}
        when 'as_of' then 'на ' || {{ day_ru(period) }}
        when 'academic_year' then {{ period }} || ' учебный год'
        when 'wave' then 'волна ' || {{ period }}
        else {{ period }} || ' год'
    end
{%- endmacro %}

{# A period for an axis, which is sorted by its labels. A day stands behind its year, «2026, 01.09»: days are firsts of months, and that of
   the refresh, which is the last of its year. #}
{% macro period_axis(period, period_kind) -%}
    case {{ period_kind }}
        when 'as_of' then substring({{ period }}, 1, 4) || ', ' || substring({{ period }}, 9, 2) || '.' || substring({{ period }}, 6, 2)
        else {{ period }}
    end
{%- endmacro %}

{# A name short enough for the axis of a chart: of a long one its end, where schools of one town differ. #}
{% macro short_label(name) -%}
    case when length({{ name }}) <= 38 then {{ name }} else '…' || right({{ name }}, 37) end
{%- endmacro %}

{# The levels of the results as people call them. #}
{% macro level_ru(level) -%}
    case {{ level }}
        when 'class' then 'Класс'
        when 'school' then 'Школа'
        when 'municipality' then 'Муниципалитет'
        when 'region' then 'Регион'
        when 'cluster' then 'Кластер'
        when 'umc' then 'УМЦ'
        when 'kc' then 'КЦ'
        else 'Группа'
    end
{%- endmacro %}

{# One row per value of `relation` (indicator_values before or after suppression), as it is read. #}
{% macro indicator_readings(relation) -%}
with given as (
    select * from {{ rebuilt_results(relation) }}
),

last_periods as (
    select
        indicator_code,
        max(period) as last_period
    from {{ relation }}
    group by indicator_code
),

own as (
    select
        own_values.*,
        indicators.topic,
        indicators.indicator_name,
        indicators.formula,
        indicators.limits_text,
        indicators.shown_as,
        indicators.usage_kind,
        {{ period_year('own_values.period', 'indicators.period_kind') }} as year,
        {{ period_day('own_values.period', 'indicators.period_kind') }} as name_day,
        {{ period_ru('own_values.period', 'indicators.period_kind') }} as period_title,
        {{ period_axis('own_values.period', 'indicators.period_kind') }} as period_axis,
        last_periods.last_period,
        case when own_values.level = 'school' then own_values.entity_code end as school_code
    from given as own_values
    inner join last_periods on own_values.indicator_code = last_periods.indicator_code
    inner join {{ ref('dim_indicator') }} as indicators on own_values.indicator_code = indicators.indicator_code
),

placed as (
    {{ school_placed('own') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

freshness as (
    select * from {{ ref('dim_indicator_freshness') }}
),

read as (
    select
        placed.*,
        {{ level_ru('placed.level') }} as level_title,
        {{ subject_ru('placed.subject_code', 'subjects.subject_name', "placed.topic = 'ЕГЭ'") }} as subject_name,
        freshness.last_modified_at,
        case placed.level when 'school' then placed.municipality_code when 'municipality' then placed.entity_code end as place_code,
        case placed.level when 'school' then placed.municipality_name when 'municipality' then placed.entity_name end as place_name,
        {{ unit_ru('placed.unit', 'placed.shown_as') }} as value_unit,
        {{ change_unit_ru('placed.shown_as') }} as change_unit
    from placed
    left join subjects on placed.subject_code = subjects.subject_code
    left join freshness on placed.indicator_code = freshness.indicator_code
)

select
    year,
    period,
    period_title,
    coalesce(period = last_period, false) as is_latest,
    topic,
    indicator_code,
    indicator_name,
    level,
    level_title,
    entity_code,
    entity_name,
    coalesce(place_code, '') as municipality_code,
    coalesce(place_name, '') as municipality_name,
    case when level = 'school' then school_title else '' end as school_title,
    subject_code,
    subject_name,
    grade,
    breakdown,
    subject_name
    || case when grade = '' then '' when subject_name = '' then grade || ' класс' else ', ' || grade || ' класс' end
    || case when breakdown = '' then '' when subject_name || grade = '' then breakdown else ', ' || breakdown end as cut,
    unit,
    shown_as,
    value,
    n,
    ci_low,
    ci_high,
    previous_value,
    delta,
    assessment,
    is_suppressed,
    case
        -- a flag of one school is a word, of many schools a share
        when unit = 'flag' and level = 'school' and value = 1 then 'да'
        when unit = 'flag' and level = 'school' and value = 0 then 'нет'
        when value is not null then {{ value_ru('value', 'unit', 'shown_as') }} || value_unit
        when is_suppressed then 'скрыто'
        else 'нет данных'
    end as value_text,
    case
        when ci_low is not null
            then {{ value_ru('ci_low', 'unit', 'shown_as') }} || ' – ' || {{ value_ru('ci_high', 'unit', 'shown_as') }} || value_unit
        else ''
    end as interval_text,
    case
        when delta is null and assessment = 'нет данных' then 'сравнить не с чем'
        else
            coalesce(case when {{ more_than('delta', 0) }} then '+' else '' end || {{ value_ru('delta', 'unit', 'shown_as') }} || change_unit || ': ', '')
            || case assessment when 'нет данных' then 'для вывода данных недостаточно' else assessment end
    end as change_text,
    period_title || ', n = ' || cast(n as text) as reading_text,
    {{ short_label('entity_name') }} || ', n = ' || cast(n as text) as entity_label,
    period_axis || ', n = ' || cast(n as text) as period_label,
    {{ short_label('indicator_name') }} || ', n = ' || cast(n as text) as indicator_label,
    cast(last_modified_at as date) as source_date,
    formula,
    limits_text,
    usage_kind,
    visibility,
    methodology_version
from read
{%- endmacro %}

{# The post-hook of readings that are kept by part: which period is the last one of an indicator, and how fresh its files are, changes of rows
   that were not made anew too. #}
{% macro update_readings(values) -%}
    {%- set freshness, relation = ref('dim_indicator_freshness'), ref(values) -%}
    {%- if goes_on() -%}
update {{ this }} as readings
set is_latest = (readings.period = facts.last_period), source_date = facts.source_date
from (
    select
        last_periods.indicator_code,
        last_periods.last_period,
        cast(freshness.last_modified_at as date) as source_date
    from (select indicator_code, max(period) as last_period from {{ relation }} group by indicator_code) as last_periods
    left join {{ freshness }} as freshness on last_periods.indicator_code = freshness.indicator_code
) as facts
where
    readings.indicator_code = facts.indicator_code
    and (readings.is_latest <> (readings.period = facts.last_period) or readings.source_date is distinct from facts.source_date)
    {%- endif -%}
{%- endmacro %}
