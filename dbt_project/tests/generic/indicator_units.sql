{# Units of an indicator: the key is whole and unique, somebody stands behind each, a numerator is part of its denominator. #}
{% test indicator_units(model, unit, key) %}
with units as (
    select * from {{ model }}
),

doubled as (
    select {{ key | join(', ') }}
    from units
    group by {{ key | join(', ') }}
    having count(*) > 1
)

select 'doubled' as fault
from doubled
union all
select 'incomplete' as fault
from units
where
    units is null or units < 1 or numerator is null
    {%- for column in key %} or {{ column }} is null{% endfor %}
    {%- if unit == 'count' %} or denominator is not null
    {%- else %} or denominator is null or denominator <= 0
    {%- endif %}
    {%- if unit == 'share' %} or numerator < 0 or numerator > denominator{% endif %}
{% endtest %}
