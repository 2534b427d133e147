-- Grain: one row per indicator, period, subject and class of the region.
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
)

select
    {{ period_year('indicator_values.period', 'indicators.period_kind') }} as year,
    indicator_values.indicator_code,
    indicators.indicator_name,
    indicator_values.period,
    indicator_values.subject_code,
    -- of exams, whatever the procedure: one choice of a subject reaches ВПР of mathematics too
    coalesce(subjects.subject_name, indicator_values.subject_code) as subject_name,
    {{ subject_ru('indicator_values.subject_code', 'subjects.subject_name', "indicators.topic = 'ЕГЭ'") }} as subject_title,
    indicator_values.grade,
    indicator_values.value,
    indicator_values.previous_value,
    indicator_values.delta,
    indicator_values.ci_low,
    indicator_values.ci_high,
    indicator_values.n,
    indicator_values.unit,
    indicator_values.dynamics,
    indicator_values.assessment,
    indicator_values.methodology_version,
    indicator_values.period = max(indicator_values.period) over (partition by indicator_values.indicator_code) as is_latest
from indicator_values
inner join indicators on indicator_values.indicator_code = indicators.indicator_code
left join subjects on indicator_values.subject_code = subjects.subject_code
where indicator_values.level = 'region' and indicator_values.breakdown = ''
