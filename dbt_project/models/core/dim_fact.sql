-- Grain: one row per fact that says which of its rows stand behind a number.
{%- for fact in explained_facts() %}
select
    '{{ fact.name }}' as fact_name,
    {{ quoted(fact.title) }} as fact_title,
    {{ quoted(fact.period) }} as period_expression,
    {{ quoted(fact.in_period) }} as in_period_condition,
    {{ quoted(fact.subject) }} as subject_expression,
    {{ quoted(fact.grade) }} as grade_expression,
    {{ quoted(fact.member) }} as member_expression,
    {{ quoted(fact.day) }} as day_expression,
    {{ quoted(fact.unit) }} as unit_expression,
    {{ quoted(fact.applies) }} as applies_condition
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
