{# One value of the seed `parameters`: a number, or text where `as_text`. #}
{% macro parameter(code, as_text=false) -%}
    (select {{ 'value' if as_text else 'cast(value as double precision)' }} from {{ ref('parameters') }} where parameter_code = '{{ code }}')
{%- endmacro %}
