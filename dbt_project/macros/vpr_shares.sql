{# How far a count rebuilt from a share can be from the true one: shares are rounded to so many decimals of a per cent. #}
{% macro share_error(whole, decimals) -%}
    ({{ whole }} * 0.005 * power(cast(10 as double precision), -({{ decimals }})))
{%- endmacro %}
