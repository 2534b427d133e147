-- Grain: one row per indicator and version of its definition.
{%- for entry in indicator_registry() %}
{%- set outer = loop %}
{%- for said in [entry] + entry.alternatives %}
select
    '{{ entry.code }}' as indicator_code,
    '{{ said.version }}' as methodology_version,
    {{ loop.first | lower }} as is_current,
    {{ quoted(said.name_ru | default(entry.name_ru)) }} as indicator_name,
    {{ quoted(said.formula_ru | default(entry.formula_ru)) }} as formula,
    cast('{{ said.valid_from }}' as date) as valid_from
{%- if not (outer.last and loop.last) %}
union all
{%- endif %}
{%- endfor %}
{%- endfor %}
