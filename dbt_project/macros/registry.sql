{# What models are generated from the registry. #}

{# A text of the registry as an SQL literal. #}
{% macro quoted(text) %}'{{ text | replace("'", "''") | trim }}'{% endmacro %}

{# One row per indicator and level: what the roll-up and the suppression need to know. #}
{% macro indicator_levels() -%}
    {%- for entry in indicator_registry() -%}
    {%- set outer = loop -%}
    {%- for level, visibility in entry.levels.items() %}
    select
        '{{ entry.code }}' as indicator_code,
        '{{ level }}' as level,
        '{{ visibility }}' as visibility,
        '{{ entry.unit }}' as unit,
        '{{ entry.direction }}' as direction,
        '{{ entry.period_kind }}' as period_kind,
        {{ entry.distinct_units | lower }} as distinct_units,
        {{ entry.own_dynamics | lower }} as own_dynamics,
        '{{ entry.version }}' as methodology_version
    {%- if not (outer.last and loop.last) %}
    union all
    {%- endif -%}
    {%- endfor -%}
    {%- endfor %}
{%- endmacro %}

{# The units of every indicator of the registry and of the other versions of its definition, one under another. #}
{% macro indicator_units() -%}
    {%- for entry in indicator_registry() | selectattr('kind', 'equalto', 'units') -%}
    {%- set outer = loop -%}
    {%- for definition in [{'version': entry.version, 'model': 'ind_' ~ entry.code}] + entry.alternatives %}
select
    '{{ entry.code }}' as indicator_code,
    '{{ definition.version }}' as methodology_version,
    {{ (loop.index0 == 0) | lower }} as is_current,
    unit_id,
    units,
    member_code,
    class_name,
    event_date,
    period,
    subject_code,
    grade,
    breakdown,
    numerator,
    denominator,
    sum_squares
from {{ ref(definition.model) }}
    {%- if not (outer.last and loop.last) %}
union all
    {%- endif -%}
    {%- endfor -%}
    {%- endfor %}
{%- endmacro %}

{# The rows of every derived indicator, one under another. #}
{% macro derived_rows() -%}
    {%- for entry in indicator_registry() | selectattr('kind', 'equalto', 'derived') %}
select
    '{{ entry.code }}' as indicator_code,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    numerator,
    denominator,
    value,
    n,
    n_other,
    ci_low,
    ci_high
from {{ ref('ind_' ~ entry.code) }}
    {%- if not loop.last %}
union all
    {%- endif -%}
    {%- endfor %}
{%- endmacro %}
