{# The three ЕГЭ indicators side by side, per year, subject and entity of one level. #}
{% macro ege_wide(relation, level) -%}
    select
        cast(period as integer) as year,
        subject_code,
        entity_code,
        max(entity_name) as entity_name,
        max(n) as n,
        {%- for code, column in [('ege_mean_score', 'mean'), ('ege_below_min_share', 'below_min'), ('ege_high_share_tb2', 'high')] %}
        max(case when indicator_code = '{{ code }}' then value end) as {{ column }}_value,
        max(case when indicator_code = '{{ code }}' then ci_low end) as {{ column }}_ci_low,
        max(case when indicator_code = '{{ code }}' then ci_high end) as {{ column }}_ci_high,
        {%- endfor %}
        max(case when indicator_code = 'ege_mean_score' then previous_value end) as mean_previous,
        max(case when indicator_code = 'ege_mean_score' then assessment end) as mean_assessment,
        bool_or(is_suppressed) as is_suppressed
    from {{ relation }}
    where level = '{{ level }}' and indicator_code in ('ege_mean_score', 'ege_below_min_share', 'ege_high_share_tb2')
    group by period, subject_code, entity_code
{%- endmacro %}
