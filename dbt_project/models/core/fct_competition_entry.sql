-- Grain: one row per competition of organisations, year and entry.
with scores as (
    select * from {{ ref('stg_competitions__score') }}
),

municipalities as (
    select * from {{ ref('int_oktmo__municipality') }}
),

-- a score that the jury agreed on stands for those of its experts
agreed as (
    select distinct
        competition_key,
        year,
        entry_number,
        criterion_code
    from scores
    where expert_number is null
),

counted as (
    select scores.*
    from scores
    left join agreed
        on
            scores.competition_key = agreed.competition_key
            and scores.year = agreed.year
            and scores.entry_number = agreed.entry_number
            and scores.criterion_code = agreed.criterion_code
    where scores.expert_number is null or agreed.criterion_code is null
),

entries as (
    select
        competition_key,
        year as competition_year,
        entry_number,
        max({{ byte_order('nomination') }}) as nomination,
        max(school_code) as school_code,
        max(oktmo) as oktmo,
        max(competition_result) as competition_result,
        count(distinct expert_number) as experts,
        sum(score) as score_sum,
        sum(case when score is not null then max_score end) as max_score_sum,
        min(file_name) as file_name,
        min(row_number) as row_number
    from counted
    group by competition_key, year, entry_number
)

select
    entries.competition_key,
    entries.competition_year,
    entries.entry_number,
    entries.nomination,
    entries.school_code,
    municipalities.municipality_code,
    entries.competition_result,
    entries.experts,
    entries.score_sum,
    entries.max_score_sum,
    entries.file_name,
    entries.row_number
from entries
left join municipalities
    on
        entries.oktmo = municipalities.oktmo
        and {{ day_of_year('entries.competition_year', parameter('competition_day', as_text=true)) }}
        between municipalities.valid_from and municipalities.valid_to
