-- Grain: one row per academic year, level and entity with observed groups of kindergartens.
with published as (
    select * from {{ ref('marts__indicator_values') }}
    where indicator_code = 'ecers_mean'
)

select
    period as academic_year,
    {{ period_year('period', "'academic_year'") }} as year,
    level,
    entity_code,
    max(entity_name) as entity_name,
    max(n) as groups,
    max(case when breakdown = '' then n end) as groups_observed_whole,
    max(case when breakdown = '' then value end) as mean_score,
    max(case when breakdown = '' then ci_low end) as mean_score_ci_low,
    max(case when breakdown = '' then ci_high end) as mean_score_ci_high,
    max(case when breakdown = '' then delta end) as mean_score_delta,
    max(case when breakdown = '' then assessment end) as assessment,
    max(case when breakdown = 'подшкала: Предметно-пространственная среда' then value end) as space,
    max(case when breakdown = 'подшкала: Присмотр и уход за детьми' then value end) as care,
    max(case when breakdown = 'подшкала: Речь и мышление' then value end) as language,
    max(case when breakdown = 'подшкала: Виды активности' then value end) as activities,
    max(case when breakdown = 'подшкала: Взаимодействие' then value end) as interaction,
    max(case when breakdown = 'подшкала: Структурирование программы' then value end) as programme,
    max(case when breakdown = 'подшкала: Родители и персонал' then value end) as parents_and_staff
from published
group by period, level, entity_code
