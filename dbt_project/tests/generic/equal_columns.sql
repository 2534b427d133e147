{# Two columns hold the same in every row. #}
{% test equal_columns(model, column_name, compared_with) %}
select *
from {{ model }}
where {{ column_name }} is distinct from {{ compared_with }}
{% endtest %}
