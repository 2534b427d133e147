-- Grain: one row per survey, version, respondent group and question of the map, columns of other purposes included.
with source as (
    select * from {{ current_rows('survey_questions') }} as rows_that_count
),

-- a scale is written `1-5` or `1-5 (words)`
bounded as (
    select
        *,
        cast(split_part(split_part(scale, ' ', 1), '-', 1) as bigint) as scale_least,
        cast(split_part(split_part(scale, ' ', 1), '-', 2) as bigint) as scale_greatest
    from source
)

select
    survey_code,
    version,
    respondent_group,
    question_code,
    question_text,
    purpose,
    scale,
    scale_least,
    scale_greatest,
    case
        when scale like '%; выбор=1)' then 'выбор'
        when scale_least = 0 and scale_greatest = 1 then 'да/нет'
        when scale_least = 0 and scale_greatest = 10 then '0–10'
        else 'баллы'
    end as scale_kind,
    is_reversed = 'да' as is_reversed
from bounded
