{# A mart that judges holds no value of an indicator that serves diagnosis alone. #}
{% test no_diagnostic_indicators(model) %}
select judged.indicator_code
from {{ model }} as judged
inner join {{ ref('dim_indicator') }} as indicators on judged.indicator_code = indicators.indicator_code
where indicators.usage_kind = 'diagnostic_only'
{% endtest %}
