{# Postgres' own ways. #}

{% macro postgres__sha256_hex(text) %}encode(sha256(convert_to({{ text }}, 'UTF8')), 'hex'){% endmacro %}
{% macro postgres__leading_integer(text) -%}
    cast(substring({{ text }} from '^\s*(\d{1,2})') as bigint)
{%- endmacro %}
{# As bytes, whatever the collation of the database. #}
{% macro postgres__byte_order(text) %}{{ text }} collate "C"{% endmacro %}
{# Without it a join over tables made a moment ago is planned blind: 17 s instead of 0.3 s for marts.indicator_values. #}
{% macro postgres__refresh_statistics() %}{% if model.config.materialized in ('table', 'incremental') %}analyze {{ this }}{% endif %}{% endmacro %}

{% macro postgres__json_each_key(json) %}(json_each_text(cast({{ json }} as json))).key{% endmacro %}
{% macro postgres__json_each_value(json) %}(json_each_text(cast({{ json }} as json))).value{% endmacro %}
{% macro postgres__json_value(json, key) %}(cast({{ json }} as json) ->> '{{ key }}'){% endmacro %}
{% macro postgres__characters(text) %}string_to_array({{ text }}, null){% endmacro %}
{% macro postgres__content_of(relation) -%}
    (select concat_ws(':', count(*), sum(hashtextextended(cast(rows_of_it as text), 0))) from {{ relation }} as rows_of_it)
{%- endmacro %}
