{# Rows of a ВПР report with their day and the school that they count for. `relation` has vpr_year, grade, school_login, procedure_date. #}
{% macro vpr_placed(relation) -%}
    select
        dated.*,
        {{ academic_year('dated.event_date') }} as academic_year,
        coalesce(attribution.attributed_code, identifiers.school_code) as school_code
    from (
        select
            reported.*,
            coalesce(
                reported.procedure_date,
                case
                    when autumn.year is null
                        then {{ day_of_year('reported.vpr_year', parameter('vpr_spring_day', as_text=true)) }}
                    else {{ day_of_year('reported.vpr_year', parameter('vpr_autumn_day', as_text=true)) }}
                end
            ) as event_date
        from {{ relation }} as reported
        left join {{ ref('vpr_autumn_campaigns') }} as autumn
            on reported.vpr_year = autumn.year and reported.grade = cast(autumn.grade as text)
    ) as dated
    inner join {{ ref('int_school__identifier') }} as identifiers
        on 'login:' || dated.school_login = identifiers.identifier and dated.event_date between identifiers.valid_from and identifiers.valid_to
    left join {{ ref('bridge_school_attribution') }} as attribution
        on
            identifiers.school_code = attribution.school_code
            and dated.event_date between attribution.valid_from and attribution.valid_to
{%- endmacro %}

{# The same, with `is_counted`: people win over reports, so a report counts where `individual` (a CTE with vpr_year, grade, subject_code,
   school_code) has nobody of that work and school for whom `has_result` holds. #}
{% macro vpr_placed_beside(relation, individual, has_result='true') -%}
    select
        placed.*,
        individual_cells.school_code is null as is_counted
    from (
        {{ vpr_placed(relation) }}
    ) as placed
    left join (
        select distinct
            vpr_year,
            grade,
            subject_code,
            school_code
        from {{ individual }}
        where {{ has_result }}
    ) as individual_cells
        on
            placed.vpr_year = individual_cells.vpr_year
            and placed.grade = individual_cells.grade
            and placed.subject_code = individual_cells.subject_code
            and placed.school_code = individual_cells.school_code
{%- endmacro %}
