{# A day, or the text of one, as people write it: 01.09.2026. #}
{% macro day_ru(day) -%}
    substring(cast({{ day }} as text), 9, 2) || '.' || substring(cast({{ day }} as text), 6, 2)
    || '.' || substring(cast({{ day }} as text), 1, 4)
{%- endmacro %}

{# The academic year that a day belongs to, «2023/2024»: it starts in September. #}
{% macro academic_year(day) -%}
    case
        when extract(month from {{ day }}) >= 9
            then cast({{ year_of(day) }} as text) || '/' || cast({{ year_of(day) }} + 1 as text)
        else cast({{ year_of(day) }} - 1 as text) || '/' || cast({{ year_of(day) }} as text)
    end
{%- endmacro %}

{# The day whose names and memberships stand for a period in tables of periods. #}
{% macro period_day(period, period_kind) -%}
    case {{ period_kind }}
        when 'as_of' then cast({{ period }} as date)
        when 'academic_year'
            then {{ day_of_year('substring(' ~ period ~ ', 6, 4)', parameter('academic_year_name_day', as_text=true)) }}
        when 'wave' then cast(substring({{ period }}, 1, 7) || '-01' as date)
        else {{ day_of_year('substring(' ~ period ~ ', 1, 4)', parameter('year_name_day', as_text=true)) }}
    end
{%- endmacro %}

{# The calendar year that filters know a period by: of an academic year its second, when the exams are. #}
{% macro period_year(period, period_kind) -%}
    cast(case {{ period_kind }} when 'academic_year' then substring({{ period }}, 6, 4) else substring({{ period }}, 1, 4) end as integer)
{%- endmacro %}

{# The same period a year before; a wave of a survey has none. #}
{% macro period_before(period, period_kind) -%}
    case {{ period_kind }}
        when 'academic_year'
            then
                cast(cast(substring({{ period }}, 1, 4) as bigint) - 1 as text)
                || '/' || cast(cast(substring({{ period }}, 6, 4) as bigint) - 1 as text)
        when 'wave' then null
        else cast(cast(substring({{ period }}, 1, 4) as bigint) - 1 as text) || substring({{ period }}, 5)
    end
{%- endmacro %}

{# The academic year whose results a period shows: of a calendar year that which ended in it. #}
{% macro academic_year_of(period, period_kind) -%}
    case {{ period_kind }}
        when 'academic_year' then {{ period }}
        else
            cast({{ period_year(period, period_kind) }} - 1 as text)
            || '/' || cast({{ period_year(period, period_kind) }} as text)
    end
{%- endmacro %}
