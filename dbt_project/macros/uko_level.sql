{# The word for a level of development of quality management, 0 to 100; the bounds are parameters. #}
{% macro uko_level_word(level) -%}
    case
        when {{ level }} <= {{ parameter('uko_level_low') }} then 'низкий'
        when {{ level }} <= {{ parameter('uko_level_high') }} then 'средний'
        when {{ level }} is not null then 'высокий'
    end
{%- endmacro %}

{# Where something that is due stands on the day of the refresh. #}
{% macro term_state(due, done, today) -%}
    case
        when {{ done }} is not null and {{ due }} is null then 'выполнено, срока нет'
        when {{ done }} <= {{ due }} then 'выполнено в срок'
        when {{ done }} is not null then 'выполнено с опозданием'
        when {{ due }} is null then 'срока нет'
        when {{ due }} < {{ today }} then 'просрочено'
        else 'срок не наступил'
    end
{%- endmacro %}

{# How many days it is, or was, late; 0 in time, NULL without a term. #}
{% macro days_late(due, done, today) -%}
    case
        when {{ due }} is not null
            then greatest(0, {{ days_between('coalesce(' ~ done ~ ', ' ~ today ~ ')', due) }})
    end
{%- endmacro %}
