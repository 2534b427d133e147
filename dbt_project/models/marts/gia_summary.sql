-- Grain: one row per procedure (ЕГЭ, ОГЭ), year, level, entity and subject.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('year', 'subject_code', 1) }}") }}

with indicator_values as (
    select * from {{ rebuilt_results(ref('marts__indicator_values')) }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

bands as (
    select
        {{ ege_band_low() }} as low,
        {{ ege_band_middle() }} as middle,
        {{ ege_band_high() }} as high
),

-- one column of the summary is one indicator and breakdown
cells as (
    select
        indicator_values.*,
        case when indicator_values.indicator_code like 'oge%' then 'ОГЭ' else 'ЕГЭ' end as procedure_name,
        case
            when indicator_values.indicator_code in ('ege_mean_score', 'oge_mean_mark') then 'mean'
            when indicator_values.indicator_code = 'oge_mean_primary' then 'primary'
            when indicator_values.indicator_code in ('ege_pass_share', 'oge_pass_share')
                then case indicator_values.breakdown when '' then 'pass' when 'с первого раза' then 'first_pass' end
            when indicator_values.indicator_code = 'ege_below_min_share' then 'below_min'
            when indicator_values.indicator_code = 'ege_high_share_tb2' then 'high'
            when indicator_values.indicator_code = 'oge_quality' and indicator_values.breakdown = '' then 'high'
            when indicator_values.indicator_code = 'ege_100' then 'score_100'
            when indicator_values.breakdown = '{{ ege_band_below() }}' then 'band_below'
            when indicator_values.breakdown = bands.low then 'band_low'
            when indicator_values.breakdown = bands.middle then 'band_middle'
            when indicator_values.breakdown = bands.high then 'band_high'
        end as cell
    from indicator_values
    cross join bands
    where
        indicator_values.indicator_code in (
            'ege_mean_score', 'ege_pass_share', 'ege_below_min_share', 'ege_high_share_tb2', 'ege_bands', 'ege_100',
            'oge_mean_mark', 'oge_mean_primary', 'oge_pass_share', 'oge_quality'
        )
),

summed as (
    select
        procedure_name,
        cast(period as integer) as year,
        level,
        entity_code,
        subject_code,
        max(entity_name) as entity_name,
        max(n) as participants,
        {%- for cell in ['mean', 'primary', 'pass', 'below_min', 'high'] %}
        max(case when cell = '{{ cell }}' then value end) as {{ cell }}_value,
        max(case when cell = '{{ cell }}' then ci_low end) as {{ cell }}_ci_low,
        max(case when cell = '{{ cell }}' then ci_high end) as {{ cell }}_ci_high,
        {%- endfor %}
        {%- for cell in ['first_pass', 'score_100', 'band_below', 'band_low', 'band_middle', 'band_high'] %}
        max(case when cell = '{{ cell }}' then value end) as {{ cell }}_value,
        {%- endfor %}
        max(case when cell = 'mean' then assessment end) as mean_assessment,
        max(case when cell = 'pass' then assessment end) as pass_assessment,
        bool_or(is_suppressed) as is_suppressed
    from cells
    where cell is not null
    group by procedure_name, period, level, entity_code, subject_code
)

select
    summed.procedure_name,
    summed.year,
    summed.level,
    summed.entity_code,
    summed.entity_name,
    summed.subject_code,
    {{ subject_ru('summed.subject_code', 'subjects.subject_name', "summed.procedure_name = 'ЕГЭ'") }} as subject_name,
    summed.participants,
    summed.mean_value,
    summed.mean_ci_low,
    summed.mean_ci_high,
    summed.mean_assessment,
    summed.primary_value as mean_primary,
    summed.primary_ci_low as mean_primary_ci_low,
    summed.primary_ci_high as mean_primary_ci_high,
    summed.pass_value as pass_share,
    summed.pass_ci_low,
    summed.pass_ci_high,
    summed.pass_assessment,
    summed.first_pass_value as first_pass_share,
    summed.below_min_value as below_min_share,
    summed.below_min_ci_low,
    summed.below_min_ci_high,
    summed.high_value as high_share,
    summed.high_ci_low,
    summed.high_ci_high,
    summed.band_below_value as band_below_share,
    summed.band_low_value as band_low_share,
    summed.band_middle_value as band_middle_share,
    summed.band_high_value as band_high_share,
    summed.score_100_value as score_100_count,
    summed.is_suppressed
from summed
inner join subjects on summed.subject_code = subjects.subject_code
