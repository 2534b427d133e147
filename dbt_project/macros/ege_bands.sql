{# The groups of ЕГЭ scores by the words of the statistical reports; their edges are parameters. #}
{% macro ege_band_below() %}ниже минимума{% endmacro %}
{% macro ege_band_low() -%}
    'от минимума до ' || cast(cast({{ parameter('ege_band_middle_from') }} as bigint) - 1 as text)
{%- endmacro %}
{% macro ege_band_middle() -%}
    {{ parameter('ege_band_middle_from', as_text=true) }} || '–' || cast(cast({{ parameter('ege_band_high_from') }} as bigint) - 1 as text)
{%- endmacro %}
{% macro ege_band_high() %}{{ parameter('ege_band_high_from', as_text=true) }} || '–100'{% endmacro %}
