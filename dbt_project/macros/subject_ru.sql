{# The name of a subject. Code 2 is two subjects: of ЕГЭ a level of mathematics, elsewhere the mathematics of a class. #}
{% macro subject_ru(subject_code, subject_name, of_ege='false') -%}
    case when {{ subject_code }} = '2' and not ({{ of_ege }}) then 'Математика' else coalesce({{ subject_name }}, {{ subject_code }}) end
{%- endmacro %}
