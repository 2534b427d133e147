-- Grain: one row per school, academic year of the later work, pair of works and subject. For analysis, not for judging.
with indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
    where level = 'school' and indicator_code in ('va_vpr4_vpr5', 'va_vpr_oge')
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

dated as (
    select
        entity_code as school_code,
        {{ period_day('period', "'academic_year'") }} as name_day,
        indicator_code,
        period,
        subject_code,
        value,
        ci_low,
        ci_high,
        n,
        is_suppressed
    from indicator_values
),

placed as (
    {{ school_placed('dated') }}
)

select
    placed.period as academic_year,
    placed.indicator_code,
    indicators.indicator_name,
    placed.subject_code,
    {{ subject_ru('placed.subject_code', 'subjects.subject_name') }} as subject_name,
    placed.municipality_code,
    placed.municipality_name,
    placed.school_code,
    placed.school_name,
    placed.school_title,
    placed.value as value_added,
    placed.ci_low,
    placed.ci_high,
    placed.n,
    case
        when placed.is_suppressed then 'закрыто из-за малой численности'
        when placed.ci_low > 0 then 'выше ожидаемого'
        when placed.ci_high < 0 then 'ниже ожидаемого'
        else 'как ожидалось'
    end as reading,
    placed.is_suppressed
from placed
inner join indicators on placed.indicator_code = indicators.indicator_code
left join subjects on placed.subject_code = subjects.subject_code
