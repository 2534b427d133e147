{# The plain schema name: `core`, not `<target schema>_core`. On Postgres what is published is built beside what readers see, in `build_core`. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set name = (custom_schema_name or target.schema) | trim -%}
    {%- if target.type == 'postgres' and name in ('core', 'marts', 'quality', 'intermediate') -%} build_{{ name }}
    {%- else -%} {{ name }}
    {%- endif -%}
{%- endmacro %}
