-- Grain: one row per school and academic year whose earlier results are looked at, whether they are low or not.
-- For support, not for judging. Shares of people come after suppression: what is closed there is closed here.
with lists as (
    select * from {{ ref('fct_low_result') }}
),

indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
    where level = 'school'
),

works as (
    select * from {{ ref('low_result_works') }}
),

measures as (
    select * from {{ ref('fct_support_measure') }}
    where school_code is not null
),

explanations as (
    select * from {{ ref('fct_explanation') }}
),

constants as (
    select {{ parameter('low_years') }} as years
),

wide as (
    select
        entity_code as school_code,
        period as academic_year,
        max(case when indicator_code = 'low_results_flag' then value end) as flag,
        max(case when indicator_code = 'low_results_index' then value end) as low_index,
        max(case when indicator_code = 'low_results_index' then n end) as participations,
        max(case when indicator_code = 'isbsh' then value end) as isbsh,
        max(case when indicator_code = 'shnsu_flag' then value end) as shnsu,
        max(case when indicator_code = 'resilient_flag' then value end) as resilient
    from indicator_values
    where indicator_code in ('low_results_flag', 'low_results_index', 'isbsh', 'shnsu_flag', 'resilient_flag')
    group by entity_code, period
),

shares as (
    select
        indicator_values.entity_code as school_code,
        indicator_values.period,
        cast(substring(indicator_values.period, 1, 4) as bigint)
        - case works.procedure_name when 'ВПР' then 0 else 1 end as first_year,
        works.result_name_ru,
        indicator_values.n,
        case when works.is_low_itself then indicator_values.value else 1 - indicator_values.value end as low_share
    from indicator_values
    inner join works
        on
            indicator_values.indicator_code = works.indicator_code
            and indicator_values.subject_code = works.subject_code
            and indicator_values.grade = coalesce(works.grade, '')
    where indicator_values.breakdown = ''
),

described as (
    select
        *,
        result_name_ru || ', ' || period || ': '
        || coalesce({{ number_ru('100 * low_share') }} || ' % из ' || cast(n as text), 'закрыто из-за малой численности') as work_text
    from shares
),

procedures as (
    select
        lists.school_code,
        lists.academic_year,
        {{ join_texts('described.work_text', "'; '", 'described.work_text') }} as procedures
    from lists
    cross join constants
    inner join described
        on
            lists.school_code = described.school_code
            and described.first_year between cast(substring(lists.academic_year, 1, 4) as bigint) - constants.years
            and cast(substring(lists.academic_year, 1, 4) as bigint) - 1
    group by lists.school_code, lists.academic_year
),

support as (
    select
        lists.school_code,
        lists.academic_year,
        count(*) as measures,
        {{ join_texts('measures.kind', "'; '", 'measures.start_date, measures.kind') }} as kinds
    from lists
    inner join measures
        on
            lists.school_code = measures.school_code
            and {{ day_of_year('substring(lists.academic_year, 1, 4)', parameter('academic_year_first_day', as_text=true)) }}
            <= measures.end_date
            and {{ day_of_year('substring(lists.academic_year, 6, 4)', parameter('academic_year_last_day', as_text=true)) }}
            >= measures.start_date
    group by lists.school_code, lists.academic_year
),

-- what the school says itself of its list, or of the results that led to it
own_words as (
    select
        lists.school_code,
        lists.academic_year,
        {{ join_texts('explanations.explanation', "'; '", 'explanations.explained_on, explanations.indicator_code') }} as explanation
    from lists
    cross join constants
    inner join explanations
        on
            lists.school_code = explanations.school_code
            and (
                explanations.indicator_code in ('low_results_flag', 'low_results_index')
                and lists.academic_year = explanations.period
                or explanations.indicator_code in (select works.indicator_code from works)
                and cast(substring(explanations.period, 1, 4) as bigint)
                - case when explanations.period like '%/%' then 0 else 1 end
                between cast(substring(lists.academic_year, 1, 4) as bigint) - constants.years
                and cast(substring(lists.academic_year, 1, 4) as bigint) - 1
            )
    group by lists.school_code, lists.academic_year
),

dated as (
    select
        school_code,
        academic_year,
        event_date as name_day,
        works,
        low_works,
        excluded_reason
    from lists
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
    wide.flag = 1 as is_low_result,
    placed.works as measured_works,
    placed.low_works,
    placed.excluded_reason,
    wide.low_index as low_results_index,
    wide.participations,
    procedures.procedures,
    wide.isbsh,
    wide.shnsu = 1 as is_shnsu,
    wide.resilient = 1 as is_resilient,
    coalesce(support.measures, 0) as support_measures,
    support.kinds as support_kinds,
    own_words.explanation
from placed
left join wide on placed.school_code = wide.school_code and placed.academic_year = wide.academic_year
left join procedures on placed.school_code = procedures.school_code and placed.academic_year = procedures.academic_year
left join support on placed.school_code = support.school_code and placed.academic_year = support.academic_year
left join own_words on placed.school_code = own_words.school_code and placed.academic_year = own_words.academic_year
