-- Grain: one row per entry of a contest: academic year, contest, level and number of the entry.
with entries as (
    select * from {{ ref('stg_contests__entry') }}
),

levels as (
    select * from {{ ref('contest_levels') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

dated as (
    select
        *,
        coalesce(
            event_date,
            {{ day_of_year('substring(academic_year, 6, 4)', parameter('academic_year_name_day', as_text=true)) }}
        ) as entry_date
    from entries
)

select
    dated.academic_year,
    dated.contest_key,
    dated.contest,
    dated.kind,
    dated.level as contest_level,
    levels.weight as level_weight,
    dated.participation_mode,
    dated.contestants,
    dated.entry_number,
    coalesce(dated.team_size, 1) as participants,
    dated.person_id,
    dated.school_code as reported_school_code,
    coalesce(attribution.attributed_code, dated.school_code) as school_code,
    dated.entry_date as event_date,
    dated.contest_result,
    dated.contest_result in ('победитель', 'призёр') as is_awarded,
    -- of teachers only what they did in person
    case dated.contestants
        when 'обучающиеся' then true
        when 'педагоги' then coalesce(dated.participation_mode = 'очно', false)
        else false
    end as is_counted,
    dated.file_name,
    dated.row_number
from dated
inner join levels on dated.level = levels.contest_level
left join attribution
    on dated.school_code = attribution.school_code and dated.entry_date between attribution.valid_from and attribution.valid_to
