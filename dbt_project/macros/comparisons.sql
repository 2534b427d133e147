{# Comparisons of computed numbers with a cut-off: 0.7 − 0.6 is 0.09999…, and no ten per cent should depend on that. #}
{% macro at_least(number, limit) %}({{ number }} >= {{ limit }} - 0.000000001){% endmacro %}
{% macro more_than(number, limit) %}({{ number }} > {{ limit }} + 0.000000001){% endmacro %}
