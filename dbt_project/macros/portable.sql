{# What models may use where engines differ; each engine's way stands in macros/engines/. #}

{# First day and last day of an interval without an end. #}
{% macro first_day() %}date '1900-01-01'{% endmacro %}
{% macro last_day() %}date '9999-12-31'{% endmacro %}

{% macro sha256_hex(text) %}{{ return(adapter.dispatch('sha256_hex', 'oko')(text)) }}{% endmacro %}
{% macro leading_integer(text) %}{{ return(adapter.dispatch('leading_integer', 'oko')(text)) }}{% endmacro %}
{% macro words(text) %}{{ return(adapter.dispatch('words', 'oko')(text)) }}{% endmacro %}
{% macro byte_order(text) %}{{ return(adapter.dispatch('byte_order', 'oko')(text)) }}{% endmacro %}
{% macro add_days(day, days) %}{{ return(adapter.dispatch('add_days', 'oko')(day, days)) }}{% endmacro %}
{% macro add_years(day, years) %}{{ return(adapter.dispatch('add_years', 'oko')(day, years)) }}{% endmacro %}
{% macro days_between(later, earlier) %}{{ return(adapter.dispatch('days_between', 'oko')(later, earlier)) }}{% endmacro %}
{% macro year_of(day) %}{{ return(adapter.dispatch('year_of', 'oko')(day)) }}{% endmacro %}
{% macro join_texts(text, separator, order_by) %}{{ return(adapter.dispatch('join_texts', 'oko')(text, separator, order_by)) }}{% endmacro %}

{# A date from a year and 'MM-DD', which may be a column or a parameter. #}
{% macro day_of_year(year, month_day) -%}
    cast(cast({{ year }} as text) || '-' || {{ month_day }} as date)
{%- endmacro %}

{# Half up, the same on every engine (round() of a double is not). #}
{% macro round_to_integer(number) %}cast(floor({{ number }} + 0.5) as bigint){% endmacro %}

{# A number as people read it: whole, or with two decimals after a comma. #}
{% macro number_ru(number) -%}
    replace(regexp_replace(cast(cast({{ number }} as decimal(18, 2)) as text), '[.]00$', ''), '.', ',')
{%- endmacro %}
{% macro series(first, last) %}{{ return(adapter.dispatch('series', 'oko')(first, last)) }}{% endmacro %}

{# After a table is made: what the planner must know of it, on engines that do not know by themselves. #}
{% macro refresh_statistics() %}{{ return(adapter.dispatch('refresh_statistics', 'oko')()) }}{% endmacro %}

{# The keys and the values (as text) of the JSON object in a column, a row each; stand side by side in a select list. #}
{% macro json_each_key(json) %}{{ return(adapter.dispatch('json_each_key', 'oko')(json)) }}{% endmacro %}
{% macro json_each_value(json) %}{{ return(adapter.dispatch('json_each_value', 'oko')(json)) }}{% endmacro %}

{# One value of a JSON object, as text. #}
{% macro json_value(json, key) %}{{ return(adapter.dispatch('json_value', 'oko')(json, key)) }}{% endmacro %}

{# The number that a text is; NULL where it is none. #}
{% macro number_of(text) -%}
    case when {{ text }} <> '' and regexp_replace({{ text }}, '^[0-9]{1,6}([.][0-9]{1,6})?$', '') = '' then cast({{ text }} as double precision) end
{%- endmacro %}

{# A text as a list of its characters. #}
{% macro characters(text) %}{{ return(adapter.dispatch('characters', 'oko')(text)) }}{% endmacro %}

{# The number that a text of digits is; NULL for any other text. #}
{% macro whole_number(text) -%}
    case when {{ text }} <> '' and trim(both '0123456789' from {{ text }}) = '' then cast({{ text }} as double precision) end
{%- endmacro %}
