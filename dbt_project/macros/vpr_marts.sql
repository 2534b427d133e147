{# How far the results of so many participants carry (FIOKO 2026). #}
{% macro vpr_reliability(n) -%}
    case
        when {{ n }} >= {{ parameter('vpr_people_standard') }} then 'обычная'
        when {{ n }} >= {{ parameter('vpr_people_limited') }} then 'ограниченная'
        when {{ n }} >= {{ parameter('vpr_people_very_limited') }} then 'очень ограниченная'
        else 'высокая неопределённость'
    end
{%- endmacro %}

{# Names of the subject, and the municipality of the school that a row is about; rows of other levels have none. `relation` has period (academic year), level, entity_code. #}
{% macro vpr_located(relation) -%}
    select
        valued.*,
        {{ subject_ru('valued.subject_code', 'subjects.subject_name') }} as subject_name,
        membership.entity_code as municipality_code,
        municipalities.entity_name as municipality_name
    from (
        select
            unplaced.*,
            {{ period_day('unplaced.period', "'academic_year'") }} as name_day
        from {{ relation }} as unplaced
    ) as valued
    left join {{ ref('dim_subject') }} as subjects on valued.subject_code = subjects.subject_code
    left join {{ ref('bridge_membership') }} as membership
        on
            valued.level = 'school'
            and membership.level = 'municipality'
            and valued.entity_code = membership.member_code
            and valued.name_day between membership.valid_from and membership.valid_to
    left join {{ ref('dim_entity') }} as municipalities
        on
            municipalities.level = 'municipality'
            and membership.entity_code = municipalities.entity_code
            and valued.name_day between municipalities.name_from and municipalities.name_to
{%- endmacro %}
