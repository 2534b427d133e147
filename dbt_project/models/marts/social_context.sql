-- Grain: one row per school and academic year with a social passport.
with social as (
    select * from {{ ref('fct_social_index') }}
),

indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
    where level = 'school' and indicator_code in ('isbsh', 'shnsu_flag', 'resilient_flag', 'context_share', 'programme_completion')
),

components as (
    select * from {{ ref('context_components') }}
),

-- one column an indicator; the components of the passport stand under their names
wide as (
    select
        indicator_values.entity_code as school_code,
        indicator_values.period as academic_year,
        max(case when indicator_values.indicator_code = 'isbsh' then indicator_values.value end) as isbsh,
        max(case when indicator_values.indicator_code = 'shnsu_flag' then indicator_values.value end) as shnsu,
        max(case when indicator_values.indicator_code = 'resilient_flag' then indicator_values.value end) as resilient,
        max(case when indicator_values.indicator_code = 'programme_completion' then indicator_values.value end) as programme_completion,
        {%- for code in [
            'parents_higher_education', 'good_housing', 'single_parent', 'low_income', 'registered', 'non_native', 'special_needs'
        ] %}
        max(case when components.component_code = '{{ code }}' then indicator_values.value end) as {{ code }}_share,
        {%- endfor %}
        max(case when indicator_values.indicator_code in ('context_share', 'programme_completion') then indicator_values.n end) as pupils
    from indicator_values
    left join components
        on indicator_values.indicator_code = 'context_share' and indicator_values.breakdown = components.component_name_ru
    group by indicator_values.entity_code, indicator_values.period
),

dated as (
    select
        social.school_code,
        social.academic_year,
        social.event_date as name_day,
        social.components,
        social.asked_components
    from social
),

placed as (
    {{ school_placed('dated') }}
)

select
    placed.academic_year,
    placed.municipality_code,
    placed.municipality_name,
    placed.school_code,
    placed.school_name,
    placed.school_title,
    wide.pupils,
    wide.isbsh,
    placed.components as known_components,
    placed.asked_components,
    wide.shnsu = 1 as is_shnsu,
    wide.resilient = 1 as is_resilient,
    wide.parents_higher_education_share,
    wide.good_housing_share,
    wide.single_parent_share,
    wide.low_income_share,
    wide.registered_share,
    wide.non_native_share,
    wide.special_needs_share,
    wide.programme_completion
from placed
left join wide on placed.school_code = wide.school_code and placed.academic_year = wide.academic_year
