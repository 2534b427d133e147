{# Units of an indicator of decisions of the attestation board: the decision, and whether `held` is true of it, by category. It belongs to
   the school of the register on the day, without one to the schools where the person then worked; without either it is in no entity. #}
{% macro attestation_units(held, population="true") -%}
with decisions as (
    select * from {{ ref('fct_attestation_decision') }}
),

employments as (
    select * from {{ ref('fct_staff_employment') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

placed as (
    select distinct
        decisions.person_id,
        decisions.category,
        decisions.decision_date,
        case when {{ held }} then 1 else 0 end as is_held,
        coalesce(decisions.school_code, employments.school_code) as school_code
    from decisions
    left join employments
        on
            decisions.person_id = employments.person_id
            and decisions.decision_date between employments.valid_from and employments.valid_to
            and employments.is_main_job is distinct from false
            and decisions.school_code is null
    where {{ population }}
)

select
    placed.person_id || '/' || placed.category || '/' || cast(placed.decision_date as text) as unit_id,
    cast(1 as bigint) as units,
    coalesce(attribution.attributed_code, placed.school_code) as member_code,
    '' as class_name,
    placed.decision_date as event_date,
    {{ academic_year('placed.decision_date') }} as period,
    '' as subject_code,
    '' as grade,
    placed.category as breakdown,
    cast(max(placed.is_held) as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from placed
left join attribution
    on
        placed.school_code = attribution.school_code
        and placed.decision_date between attribution.valid_from and attribution.valid_to
where placed.school_code is not null
group by placed.person_id, placed.category, placed.decision_date, coalesce(attribution.attributed_code, placed.school_code)
{%- endmacro %}
