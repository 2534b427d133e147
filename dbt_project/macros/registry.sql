{# What models are generated from the registry. #}

{# A text of the registry as an SQL literal. #}
{% macro quoted(text) %}'{{ text | replace("'", "''") | trim }}'{% endmacro %}

{# One row per indicator and level: what the roll-up and the suppression need to know. A list of values: a select each is more than linters read. #}
{% macro indicator_levels() -%}
    select
        indicator_code,
        level,
        visibility,
        unit,
        direction,
        period_kind,
        distinct_units,
        own_dynamics,
        methodology_version
    from (
        values
        {%- for entry in indicator_registry() -%}
        {%- set outer = loop -%}
        {%- for level, visibility in entry.levels.items() %}
        (
            '{{ entry.code }}', '{{ level }}', '{{ visibility }}', '{{ entry.unit }}', '{{ entry.direction }}', '{{ entry.period_kind }}',
            {{ entry.distinct_units | lower }}, {{ entry.own_dynamics | lower }}, '{{ entry.version }}'
        ){% if not (outer.last and loop.last) %},{% endif -%}
        {%- endfor -%}
        {%- endfor %}
    ) as listed (
        indicator_code, level, visibility, unit, direction, period_kind, distinct_units, own_dynamics, methodology_version
    )
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
