{# How members of core.bridge_membership are called that are no schools: a school is its Код ОО, these say what they are. #}
{% macro node_member(code) %}'node:' || {{ code }}{% endmacro %}
{% macro municipality_member(code) %}'municipality:' || {{ code }}{% endmacro %}

{# A class as it stands in entity codes, «5А»: files write «5 а», «5-А», «5«А»» for one class. #}
{% macro class_label(class_name) -%}
    coalesce(upper(regexp_replace({{ class_name }}, '[^0-9A-Za-zА-Яа-яЁё]', '', 'g')), '')
{%- endmacro %}

{# Overlapping and adjoining intervals of the same `key` (a list of columns) become one: who belongs by two ways belongs once. #}
{% macro merged_intervals(relation, key) -%}
    {%- set columns = key | join(', ') -%}
    select
        {{ columns }},
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from (
        select
            stretched.*,
            sum(case when reached is null or valid_from > reached then 1 else 0 end) over (
                partition by {{ columns }} order by valid_from, valid_to
            ) as island
        from (
            select
                intervals.*,
                {{ next_day('max(valid_to) over (partition by ' ~ columns ~ ' order by valid_from, valid_to rows between unbounded preceding and 1 preceding)') }}
                    as reached
            from {{ relation }} as intervals
            where valid_from <= valid_to
        ) as stretched
    ) as islands
    group by {{ columns }}, island
{%- endmacro %}

{# The day after; the last day has none. #}
{% macro next_day(day) -%}
    case when {{ day }} < {{ last_day() }} then {{ add_days(day, 1) }} else {{ last_day() }} end
{%- endmacro %}

{# The name of an entity of a row: a class is called after its school. #}
{% macro named_level(row) %}case {{ row }}.level when 'class' then 'school' else {{ row }}.level end{% endmacro %}
{% macro named_code(row) %}case {{ row }}.level when 'class' then split_part({{ row }}.entity_code, '/', 1) else {{ row }}.entity_code end{% endmacro %}
{% macro entity_name(row, entities) -%}
    case {{ row }}.level
        when 'class' then {{ entities }}.entity_name || ', ' || split_part({{ row }}.entity_code, '/', 2)
        else {{ entities }}.entity_name
    end
{%- endmacro %}
