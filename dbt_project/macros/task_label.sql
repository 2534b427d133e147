{# A task as a breakdown. Numbers change their meaning from year to year: only a task of the same number and element is the same task. #}
{% macro task_label(tasks) -%}
    {{ tasks }}.task_number || ' · ' || coalesce({{ tasks }}.content_element, 'КИМ ' || cast({{ tasks }}.task_year as text))
{%- endmacro %}
