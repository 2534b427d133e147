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
        '{{ entry.version }}' as methodology_version
    {%- if not (outer.last and loop.last) %}
    union all
    {%- endif -%}
    {%- endfor -%}
    {%- endfor %}
{%- endmacro %}

{# The units of every indicator of the registry, one under another. #}
{% macro indicator_units() -%}
    {%- for entry in indicator_registry() %}
    select
        '{{ entry.code }}' as indicator_code,
        unit_id,
        units,
        school_code,
        event_date,
        period,
        subject_code,
        grade,
        breakdown,
        numerator,
        denominator,
        sum_squares
    from {{ ref('ind_' ~ entry.code) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
{%- endmacro %}
