-- Grain: one row per wave, level, entity, group of respondents and survey.
{%- set measures = [
    ('satisfaction_index', 'index'), ('satisfaction_top2', 'top2'), ('nps', 'nps'),
    ('satisfaction_dynamics', 'change'), ('response_rate', 'response'),
] %}
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

waves as (
    select * from {{ ref('dim_survey_wave') }}
),

wide as (
    select
        period as wave,
        level,
        entity_code,
        breakdown,
        max(entity_name) as entity_name,
        {%- for code, column in measures %}
        max(case when indicator_code = '{{ code }}' then value end) as {{ column }}_value,
        max(case when indicator_code = '{{ code }}' then ci_low end) as {{ column }}_ci_low,
        max(case when indicator_code = '{{ code }}' then ci_high end) as {{ column }}_ci_high,
        max(case when indicator_code = '{{ code }}' then n end) as {{ column }}_n,
        {%- endfor %}
        max(case when indicator_code = 'satisfaction_dynamics' then dynamics end) as dynamics,
        max(case when indicator_code = 'satisfaction_dynamics' then assessment end) as assessment,
        bool_or(is_suppressed) as is_suppressed
    from indicator_values
    where
        indicator_code in (
            {%- for code, column in measures %}
            '{{ code }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )
    group by period, level, entity_code, breakdown
)

select
    wide.wave,
    wide.level,
    wide.entity_code,
    wide.entity_name,
    waves.respondent_group,
    waves.survey_code,
    wide.index_n as questionnaires,
    wide.index_value,
    wide.index_ci_low,
    wide.index_ci_high,
    wide.top2_value as top2_share,
    wide.top2_ci_low,
    wide.top2_ci_high,
    wide.nps_value,
    wide.nps_ci_low,
    wide.nps_ci_high,
    wide.nps_n as nps_questionnaires,
    waves.previous_wave,
    wide.change_value,
    wide.change_ci_low,
    wide.change_ci_high,
    coalesce(wide.dynamics, 'нет данных') as dynamics,
    coalesce(wide.assessment, 'нет данных') as assessment,
    wide.response_value as response_rate,
    wide.response_n as invited,
    wide.response_value < {{ parameter('response_rate_warning') }} as is_low_response,
    wide.is_suppressed
from wide
inner join waves on wide.wave = waves.wave and wide.breakdown = waves.breakdown
