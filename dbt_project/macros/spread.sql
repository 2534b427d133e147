{# The variance of a sample from its sum and its sum of squares; rounding must not make it negative. #}
{% macro sample_variance(total, squares, n) -%}
    greatest({{ squares }} - {{ total }} * {{ total }} / {{ n }}, 0) / nullif({{ n }} - 1, 0)
{%- endmacro %}

{# Pearson's correlation over a group; without a spread there is none (engines differ in what theirs says then). #}
{% macro correlation(x, y) -%}
    (sum({{ x }} * {{ y }}) - sum({{ x }}) * sum({{ y }}) / count(*))
    / nullif(
        sqrt(
            greatest(sum({{ x }} * {{ x }}) - sum({{ x }}) * sum({{ x }}) / count(*), 0)
            * greatest(sum({{ y }} * {{ y }}) - sum({{ y }}) * sum({{ y }}) / count(*), 0)
        ),
        0
    )
{%- endmacro %}

{# One limit of Fisher's interval of a correlation over n pairs; none for three pairs or fewer, nor where the correlation is perfect. #}
{% macro fisher_limit(r, n, z, sign) -%}
    case
        when {{ n }} > 3 and abs({{ r }}) < 0.999999999
            then
                1 - 2 / (1 + (1 + {{ r }}) / (1 - {{ r }}) * exp({{ sign }} 2 * {{ z }} / sqrt({{ n }} - 3)))
    end
{%- endmacro %}
