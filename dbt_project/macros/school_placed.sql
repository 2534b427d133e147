{# Rows of schools with what a reader needs to find them: `relation` has school_code and name_day, the day whose names and places count.
   Only school_title is of no day: filters and links find all years of a school by it. #}
{% macro school_placed(relation) -%}
    select
        placed.*,
        school_names.entity_name as school_name,
        school_names.school_title,
        membership.entity_code as municipality_code,
        municipality_names.entity_name as municipality_name
    from {{ relation }} as placed
    left join {{ ref('dim_entity') }} as school_names
        on
            school_names.level = 'school'
            and placed.school_code = school_names.entity_code
            and placed.name_day between school_names.name_from and school_names.name_to
    left join {{ ref('bridge_membership') }} as membership
        on
            placed.school_code = membership.member_code
            and membership.level = 'municipality'
            and placed.name_day between membership.valid_from and membership.valid_to
    left join {{ ref('dim_entity') }} as municipality_names
        on
            municipality_names.level = 'municipality'
            and membership.entity_code = municipality_names.entity_code
            and placed.name_day between municipality_names.name_from and municipality_names.name_to
{%- endmacro %}
