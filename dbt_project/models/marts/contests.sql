-- Grain: one row per academic year, level, entity and contestants: pupils or teachers.
with published as (
    select
        *,
        split_part(split_part(breakdown, ': ', 1), ',', 1) as contestants
    from {{ ref('marts__indicator_values') }}
    where indicator_code in ('contest_score', 'contest_entries', 'contest_awards', 'contest_participants')
)

select
    period as academic_year,
    {{ period_year('period', "'academic_year'") }} as year,
    level,
    entity_code,
    max(entity_name) as entity_name,
    contestants,
    sum(case when indicator_code = 'contest_entries' then value end) as entries,
    sum(case when indicator_code = 'contest_awards' then value end) as awards,
    max(case when indicator_code = 'contest_participants' then value end) as participants,
    max(case when indicator_code = 'contest_score' and breakdown like '%: заявки' then value end) as entries_score,
    max(case when indicator_code = 'contest_score' and breakdown like '%: победы и призовые места' then value end) as awards_score,
    max(case when indicator_code = 'contest_entries' and breakdown like '%: школьный' then value end) as school_entries,
    max(case when indicator_code = 'contest_entries' and breakdown like '%: муниципальный' then value end) as municipal_entries,
    max(case when indicator_code = 'contest_entries' and breakdown like '%: региональный' then value end) as regional_entries,
    max(case when indicator_code = 'contest_entries' and breakdown like '%: федеральный' then value end) as federal_entries,
    max(case when indicator_code = 'contest_entries' and breakdown like '%: международный' then value end) as international_entries,
    max(case when indicator_code = 'contest_awards' and breakdown like '%: школьный' then value end) as school_awards,
    max(case when indicator_code = 'contest_awards' and breakdown like '%: муниципальный' then value end) as municipal_awards,
    max(case when indicator_code = 'contest_awards' and breakdown like '%: региональный' then value end) as regional_awards,
    max(case when indicator_code = 'contest_awards' and breakdown like '%: федеральный' then value end) as federal_awards,
    max(case when indicator_code = 'contest_awards' and breakdown like '%: международный' then value end) as international_awards
from published
group by period, level, entity_code, contestants
