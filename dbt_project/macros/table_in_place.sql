{#
A table is made anew in its own place, in one transaction. dbt's own way, a table beside, two changes of names and a drop, keeps the old one
for readers until the new one is there; the build has no readers, they see publications.
#}

{% materialization table, adapter='duckdb' %}
{{ return(table_in_place()) }}
{% endmaterialization %}

{% materialization table, adapter='postgres' %}
{{ return(table_in_place()) }}
{% endmaterialization %}

{% macro table_in_place() %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is not none -%}{%- do adapter.cache_dropped(existing) -%}{%- endif -%}
    {%- call statement('main') -%}
        {%- if existing is not none %}
drop {{ existing.type }} if exists {{ this }} cascade;
        {%- endif %}
        {{ get_create_table_as_sql(false, target, sql) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{# What a model gives and what its contract says follow from the project alone, with which the seeds change: else there is nothing to compare. #}
{% macro default__get_assert_columns_equivalent(sql) -%}
    {%- if 'seed.' in selected_resources | join(' ') -%}{{ return(assert_columns_equivalent(sql)) }}{%- endif -%}
{%- endmacro %}
