-- Grain: one row per graduate, year, subject and band of scores: 1 in the band of the last attempt, 0 in the others.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('period', 'subject_code') }}") }}

with attempts as (
    select * from {{ rebuilt(ref('fct_exam_result'), 'exam_year', 'subject_code') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

minimums as (
    select * from {{ ref('dim_ege_minimum') }}
),

-- a band ends before the next one starts
bands as (
    select
        1 as place,
        '{{ ege_band_below() }}' as band
    union all
    select
        2 as place,
        {{ ege_band_low() }} as band
    union all
    select
        3 as place,
        {{ ege_band_middle() }} as band
    union all
    select
        4 as place,
        {{ ege_band_high() }} as band
),

placed as (
    select
        attempts.*,
        case
            when attempts.test_score < minimums.minimum then 1
            when attempts.test_score < {{ parameter('ege_band_middle_from') }} then 2
            when attempts.test_score < {{ parameter('ege_band_high_from') }} then 3
            else 4
        end as place
    from attempts
    inner join subjects on attempts.subject_code = subjects.subject_code
    inner join minimums on attempts.exam_year = minimums.exam_year and attempts.subject_code = minimums.subject_code
    where
        attempts.procedure_name = 'ЕГЭ'
        and attempts.is_final
        and attempts.is_graduate
        and subjects.in_indicators
        and attempts.test_score is not null
)

select
    cast(placed.exam_year as text) || '/' || placed.subject_code || '/' || placed.person_id as unit_id,
    cast(1 as bigint) as units,
    placed.school_code as member_code,
    {{ class_label('placed.class_name') }} as class_name,
    placed.exam_date as event_date,
    cast(placed.exam_year as text) as period,
    placed.subject_code,
    '' as grade,
    bands.band as breakdown,
    cast(case when placed.place = bands.place then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from placed
cross join bands
