{# Findings of ВПР reports as rows of quality. `relation` has rule_code, vpr_year, grade, subject_code, school_login, procedure_date, value,
   expected, said_ru, file_name, row_number. #}
{% macro vpr_findings(relation) -%}
    select
        placed.rule_code,
        'vpr' as source,
        placed.academic_year as period,
        placed.school_code as entity_code,
        coalesce(entities.entity_name, placed.school_login) as entity_name,
        placed.subject_code,
        cast(placed.value as double precision) as value,
        cast(placed.expected as double precision) as expected,
        coalesce(entities.entity_name, placed.school_login) || ', '
        || {{ subject_ru('placed.subject_code', 'subjects.subject_name') }} || ', '
        || placed.grade || ' класс, ' || placed.academic_year || ': ' || placed.said_ru as message_ru,
        placed.file_name,
        placed.row_number
    from (
        {{ vpr_placed(relation) }}
    ) as placed
    left join {{ ref('dim_subject') }} as subjects on placed.subject_code = subjects.subject_code
    left join {{ ref('dim_entity') }} as entities
        on
            entities.level = 'school'
            and placed.school_code = entities.entity_code
            and placed.event_date between entities.name_from and entities.name_to
{%- endmacro %}
