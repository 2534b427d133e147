{# Every code is of an indicator of the registry. #}
{% test known_indicators(model) %}
select listed.indicator_code
from {{ model }} as listed
left join {{ ref('dim_indicator') }} as indicators on listed.indicator_code = indicators.indicator_code
where indicators.indicator_code is null
{% endtest %}
