{# What belongs to the region alone: the deeds of the regional operator and the ministry. #}
{% macro region_member() %}'region:'{% endmacro %}

{# Rows of a text that lists its parts. #}
{% macro text_parts(text, separator) %}unnest(string_to_array({{ text }}, '{{ separator }}')){% endmacro %}

{# Whose a deed is on a day: of the school named, of the node's own school, of the municipality, else of the region.
   `row` has school_code, node_code and municipality_code; `schools` and `nodes` are its joins with bridge_school_attribution and
   bridge_node_school on that day. #}
{% macro member_of(row, schools='attribution', nodes='node_schools') -%}
    coalesce(
        {{ schools }}.attributed_code,
        {{ nodes }}.school_code,
        {{ municipality_member("nullif(" ~ row ~ ".municipality_code, '')") }},
        {{ region_member() }}
    )
{%- endmacro %}
