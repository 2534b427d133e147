{# DuckDB's own ways. #}

{% macro duckdb__sha256_hex(text) %}sha256({{ text }}){% endmacro %}
{% macro duckdb__leading_integer(text) -%}
    cast(nullif(regexp_extract({{ text }}, '^\s*(\d{1,2})', 1), '') as bigint)
{%- endmacro %}
{% macro duckdb__series(first, last) %}unnest(generate_series(cast({{ first }} as bigint), cast({{ last }} as bigint))){% endmacro %}

{% macro duckdb__json_each_key(json) %}unnest(json_keys({{ json }})){% endmacro %}
{% macro duckdb__json_each_value(json) %}unnest(json_extract_string({{ json }}, '$.*')){% endmacro %}
{% macro duckdb__json_value(json, key) %}json_extract_string({{ json }}, '$.{{ key }}'){% endmacro %}
{% macro duckdb__characters(text) %}string_split({{ text }}, ''){% endmacro %}
{% macro duckdb__content_of(relation) %}(select concat_ws(':', count(*), sum(hash(rows_of_it))) from {{ relation }} as rows_of_it){% endmacro %}
