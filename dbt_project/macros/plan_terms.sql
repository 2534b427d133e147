{# The year that a name of a plan or section gives a month, where it gives one: of one year that, of an academic year by the month. #}
{% macro year_named(years, month) -%}
    case
        when {{ years }} like '%/%'
            then case when {{ month }} >= '09' then substring({{ years }}, 1, 4) else substring({{ years }}, 6, 4) end
        when substring({{ years }}, 1, 4) = substring({{ years }}, 6, 4) then substring({{ years }}, 1, 4)
    end
{%- endmacro %}

{# One end of a term, its year filled in where the text names none: NULL where nobody names it. #}
{% macro term_in_year(side, section_years, plan_years) -%}
    case
        when substring({{ side }}, 1, 4) <> '0000' then {{ side }}
        else
            coalesce(
                {{ year_named(section_years, 'substring(' ~ side ~ ', 6, 2)') }},
                {{ year_named(plan_years, 'substring(' ~ side ~ ', 6, 2)') }}
            ) || substring({{ side }}, 5)
    end
{%- endmacro %}

{# The first day of an end of a term, 2018-03 or 2018-03-15; 29 February of a year that has none is NULL. #}
{% macro term_first_day(side) -%}
    case
        when
            length({{ side }}) = 10
            and extract(month from {{ add_days(month_start(side), term_day(side) ~ ' - 1') }}) = {{ term_month(side) }}
            then {{ add_days(month_start(side), term_day(side) ~ ' - 1') }}
        when length({{ side }}) = 7 then {{ month_start(side) }}
    end
{%- endmacro %}

{# The last day of an end of a term. #}
{% macro term_last_day(side) -%}
    case
        when length({{ side }}) = 7 then {{ add_days('cast(' ~ month_start(side) ~ " + interval '1 month' as date)", -1) }}
        else {{ term_first_day(side) }}
    end
{%- endmacro %}

{% macro month_start(side) %}cast(substring({{ side }}, 1, 7) || '-01' as date){% endmacro %}
{# NULL where the side is a month: an engine may look at it before it looks at the length. #}
{% macro term_day(side) %}cast(nullif(substring({{ side }}, 9, 2), '') as integer){% endmacro %}
{% macro term_month(side) %}cast(substring({{ side }}, 6, 2) as integer){% endmacro %}
