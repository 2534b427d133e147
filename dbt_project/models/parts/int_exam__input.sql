-- Grain: one row per table that results of exams are made from besides protocols: its content now, to tell whether it changed.
{%- set inputs = [
    'bridge_membership',
    'bridge_school_attribution',
    'dim_ege_minimum',
    'dim_entity',
    'dim_indicator',
    'dim_kim_task',
    'dim_subject',
    'dim_threshold',
    'int_school__form_match',
    'int_today__entity',
    'int_today__membership',
    'stg_ege_by_school__result',
] %}

{% for input in inputs %}
select
    '{{ input }}' as input,
    {{ content_of(ref(input)) }} as content
{%- if not loop.last %}
union all
{% endif -%}
{% endfor %}
