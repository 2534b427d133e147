-- Grain: one row per fact and reason why a row of it does not count; the first reason that holds is the one.
{%- set reasons = [] %}
{%- for fact in explained_facts() %}
{%- for rule in fact.excluded %}
{%- do reasons.append([fact.name, loop.index, rule]) %}
{%- endfor %}
{%- endfor %}
{%- for fact_name, place, rule in reasons %}
select
    '{{ fact_name }}' as fact_name,
    cast({{ place }} as bigint) as place,
    {{ quoted(rule.when) }} as condition,
    {{ quoted(rule.reason_ru) }} as reason
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
