{# SQL that DuckDB and Postgres share. #}

{% macro default__add_days(day, days) %}cast({{ day }} + cast({{ days }} as integer) as date){% endmacro %}
{% macro default__add_years(day, years) %}cast({{ day }} + interval '1 year' * cast({{ years }} as integer) as date){% endmacro %}
{% macro default__days_between(later, earlier) %}cast({{ later }} - {{ earlier }} as integer){% endmacro %}
{% macro default__year_of(day) %}cast(extract(year from {{ day }}) as bigint){% endmacro %}

{% macro default__join_texts(text, separator, order_by) -%}
    string_agg({{ text }}, {{ separator }} order by {{ order_by }})
{%- endmacro %}

{% macro default__words(text) %}unnest(string_to_array({{ text }}, ' ')){% endmacro %}
{% macro default__byte_order(text) %}{{ text }}{% endmacro %}
{% macro default__series(first, last) %}generate_series(cast({{ first }} as bigint), cast({{ last }} as bigint)){% endmacro %}
{% macro default__refresh_statistics() %}{% endmacro %}
