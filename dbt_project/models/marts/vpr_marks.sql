-- Grain: one row per academic year, subject, class, level and entity: marks of the ВПР and their comparison with the journal.
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

wide as (
    select
        period,
        subject_code,
        grade,
        level,
        entity_code,
        max(entity_name) as entity_name,
        max(visibility) as visibility,
        max(case when indicator_code = 'vpr_quality' then n end) as participants,
        {%- for mark in [2, 3, 4, 5] %}
        max(case when indicator_code = 'vpr_mark_distribution' and breakdown = '{{ mark }}' then value end) as share_{{ mark }},
        {%- endfor %}
        {%- for code, column in [('quality', 'quality'), ('success', 'success'), ('mark2_dynamics', 'mark2_change')] %}
        max(case when indicator_code = 'vpr_{{ code }}' then value end) as {{ column }},
        max(case when indicator_code = 'vpr_{{ code }}' then ci_low end) as {{ column }}_ci_low,
        max(case when indicator_code = 'vpr_{{ code }}' then ci_high end) as {{ column }}_ci_high,
        {%- endfor %}
        max(case when indicator_code = 'vpr_mark2_dynamics' then dynamics end) as mark2_dynamics,
        max(case when indicator_code = 'vpr_journal_confirm' then n end) as journal_participants,
        {%- for code, column in [('confirm', 'confirmed'), ('lower', 'lowered'), ('higher', 'raised'), ('gap2', 'far_apart')] %}
        max(case when indicator_code = 'vpr_journal_{{ code }}' then value end) as {{ column }},
        {%- endfor %}
        bool_or(is_suppressed) as is_suppressed
    from indicator_values
    where
        indicator_code in (
            'vpr_quality', 'vpr_success', 'vpr_mark_distribution', 'vpr_mark2_dynamics',
            'vpr_journal_confirm', 'vpr_journal_lower', 'vpr_journal_higher', 'vpr_journal_gap2'
        )
    group by period, subject_code, grade, level, entity_code
),

located as (
    {{ vpr_located('wide') }}
)

select
    period as academic_year,
    subject_code,
    subject_name,
    grade,
    level,
    entity_code,
    entity_name,
    municipality_code,
    municipality_name,
    participants,
    share_2,
    share_3,
    share_4,
    share_5,
    quality,
    quality_ci_low,
    quality_ci_high,
    success,
    success_ci_low,
    success_ci_high,
    mark2_change,
    mark2_change_ci_low,
    mark2_change_ci_high,
    case
        when mark2_change is null or mark2_dynamics = 'нет данных' then 'нет данных'
        when {{ at_least('mark2_change', parameter('vpr_mark2_rise')) }} then 'отрицательная динамика'
        else 'отрицательной динамики нет'
    end as mark2_status,
    journal_participants,
    confirmed,
    lowered,
    raised,
    far_apart,
    is_suppressed,
    visibility
from located
