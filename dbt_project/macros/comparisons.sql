{# Comparisons of computed numbers with a cut-off: 0.7 − 0.6 is 0.09999…, and no ten per cent should depend on that. #}
{% macro at_least(number, limit) %}({{ number }} >= {{ limit }} - 0.000000001){% endmacro %}
{% macro more_than(number, limit) %}({{ number }} > {{ limit }} + 0.000000001){% endmacro %}

{# Periods of a relation that a break of comparability covers: another population, another form of the procedure. #}
{% macro broken_periods(relation) -%}
    select
        periods.indicator_code,
        periods.period,
        bool_and(breaks.shows_previous) as shows_previous
    from (
        select distinct
            indicator_code,
            period
        from {{ relation }}
    ) as periods
    inner join breaks on periods.indicator_code like breaks.indicator_pattern and periods.period like breaks.period
    group by periods.indicator_code, periods.period
{%- endmacro %}
