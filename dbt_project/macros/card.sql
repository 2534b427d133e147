{# The values of one level that stand on its card, each beside the value of the region in the same cut; `shown` is the seed's column. #}
{% macro card_rows(level, shown) -%}
    select
        {{ period_year('own.period', 'indicators.period_kind') }} as year,
        {{ period_day('own.period', 'indicators.period_kind') }} as period_day,
        own.period,
        own.entity_code,
        own.entity_name,
        cards.block,
        cards.place,
        own.indicator_code,
        indicators.indicator_name,
        own.subject_code,
        {{ subject_ru('own.subject_code', 'subjects.subject_name', "indicators.topic = 'ЕГЭ'") }} as subject_name,
        own.grade,
        own.breakdown,
        own.unit,
        own.value,
        own.n,
        own.ci_low,
        own.ci_high,
        own.previous_value,
        own.delta,
        own.dynamics,
        own.assessment,
        own.is_suppressed,
        region.value as region_value,
        own.visibility,
        indicators.usage_kind,
        indicators.limits_text
    from {{ ref('marts__indicator_values') }} as own
    inner join {{ ref('card_indicators') }} as cards on own.indicator_code = cards.indicator_code
    inner join {{ ref('dim_indicator') }} as indicators on own.indicator_code = indicators.indicator_code
    left join {{ ref('dim_subject') }} as subjects on own.subject_code = subjects.subject_code
    left join {{ ref('marts__indicator_values') }} as region
        on
            region.level = 'region'
            and {{ same_cut('own', 'region') }}
    where own.level = '{{ level }}' and cards.{{ shown }}
{%- endmacro %}

{# Two values of one indicator, period, subject, class and breakdown. #}
{% macro same_cut(one, other) -%}
    {{ one }}.indicator_code = {{ other }}.indicator_code
    and {{ one }}.period = {{ other }}.period
    and {{ one }}.subject_code = {{ other }}.subject_code
    and {{ one }}.grade = {{ other }}.grade
    and {{ one }}.breakdown = {{ other }}.breakdown
{%- endmacro %}
