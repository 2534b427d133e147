{# What `value` a `key` had on any day: the first row reaches back to the beginning, each lasts until the next one starts.
   Rows that start on one day: the greater value; the others get an interval that holds no day. #}
{% macro timeline(relation, key, value) -%}
    select
        {{ key }},
        {{ value }},
        case when row_number() over versions = 1 then {{ first_day() }} else valid_from end as valid_from,
        coalesce({{ add_days('lead(valid_from) over versions', -1) }}, {{ last_day() }}) as valid_to
    from {{ relation }}
    where {{ key }} is not null
    window versions as (partition by {{ key }} order by valid_from, {{ byte_order(value) }})
{%- endmacro %}
