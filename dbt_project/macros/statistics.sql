{# Intervals of contracts 4.1 and 2.0 of the domain dossier: Wilson for a share, t for a mean; of differences Newcombe and Welch. #}

{# One limit of Wilson's interval; `sign` is + or -, `z` the normal quantile. #}
{% macro wilson_limit(successes, total, z, sign) -%}
    greatest(0, least(1, (
        {{ successes }} / {{ total }} + {{ z }} * {{ z }} / (2 * {{ total }})
        {{ sign }} {{ z }} * sqrt(
            {{ successes }} / {{ total }} * (1 - {{ successes }} / {{ total }}) / {{ total }}
            + {{ z }} * {{ z }} / (4 * {{ total }} * {{ total }})
        )
    ) / (1 + {{ z }} * {{ z }} / {{ total }})))
{%- endmacro %}

{# How far Newcombe's interval of a difference reaches to one side: one share as low, the other as high as its own interval lets it. #}
{% macro newcombe_reach(falling, its_low, rising, its_high) -%}
    sqrt(power({{ falling }} - {{ its_low }}, 2) + power({{ its_high }} - {{ rising }}, 2))
{%- endmacro %}

{# Whole degrees of freedom of Welch's test, from the squared standard errors of two means. #}
{% macro welch_degrees(error_1, n_1, error_2, n_2) -%}
    greatest(1, floor(
        power({{ error_1 }} + {{ error_2 }}, 2)
        / nullif(power({{ error_1 }}, 2) / nullif({{ n_1 }} - 1, 0) + power({{ error_2 }}, 2) / nullif({{ n_2 }} - 1, 0), 0)
    ))
{%- endmacro %}

{# The t quantile: from the seed up to 100 degrees; beyond, the expansion of Cornish and Fisher is exact to seven digits. #}
{% macro t_quantile(degrees, seed_quantile, z) -%}
    coalesce(
        {{ seed_quantile }},
        {{ z }} + (power({{ z }}, 3) + {{ z }}) / (4 * nullif({{ degrees }}, 0))
        + (5 * power({{ z }}, 5) + 16 * power({{ z }}, 3) + 3 * {{ z }}) / (96 * nullif(power({{ degrees }}, 2), 0))
        + (3 * power({{ z }}, 7) + 19 * power({{ z }}, 5) + 17 * power({{ z }}, 3) - 15 * {{ z }})
        / (384 * nullif(power({{ degrees }}, 3), 0))
    )
{%- endmacro %}

{# What a change is called, by how far its interval reaches below and above it. #}
{% macro dynamics_word(change, reach_down, reach_up, smaller_n, min_n) -%}
    case
        when {{ change }} is null or {{ reach_down }} is null or {{ reach_up }} is null or {{ smaller_n }} < {{ min_n }} then 'нет данных'
        when {{ change }} - {{ reach_down }} > 0 then 'рост'
        when {{ change }} + {{ reach_up }} < 0 then 'снижение'
        else 'без значимых изменений'
    end
{%- endmacro %}

{# The same word, read by the direction of the indicator. #}
{% macro assessment_word(dynamics, direction) -%}
    case
        when {{ dynamics }} in ('нет данных', 'без значимых изменений') then {{ dynamics }}
        when {{ direction }} = 'none' then 'нет данных'
        when ({{ dynamics }} = 'рост') = ({{ direction }} = 'more') then 'улучшение'
        else 'ухудшение'
    end
{%- endmacro %}
