{# The source whose protocols a procedure is of: РИС ГИА-9 or ГИА-11. #}
{% macro exam_source(procedure_name) -%}
    case when {{ procedure_name }} in ('ОГЭ', 'ГВЭ-9') then 'oge' else 'ege' end
{%- endmacro %}
