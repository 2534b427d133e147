-- Grain: one row per as-of date, person with a diagnostic that is not too old, place and group of positions: the latest result as a whole.
-- Who works at a school counts there, by the personnel lists of the day; specialists of municipal bodies count in their municipality.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

results as (
    select * from {{ ref('fct_staff_diagnostic') }}
),

staff as (
    select * from {{ ref('fct_staff_as_of') }}
    where is_main_job
),

-- the result as a whole where the diagnostic states it, else the sum of its competences; who did not come has none
totals as (
    select
        diagnostic_code,
        person_id,
        max(diagnostic_date) as diagnostic_date,
        max(case when position_group = 'специалист МОУО' then municipality_code end) as municipality_code,
        coalesce(
            max(case when competence_key = '' then score / nullif(max_score, 0) end),
            sum(score) / nullif(sum(case when score is not null then max_score end), 0)
        ) as score_share
    from results
    group by diagnostic_code, person_id
),

ranked as (
    select
        dates.as_of_date,
        totals.person_id,
        totals.municipality_code,
        totals.diagnostic_date,
        totals.score_share,
        row_number() over (
            partition by dates.as_of_date, totals.person_id
            order by totals.diagnostic_date desc, {{ byte_order('totals.diagnostic_code') }} desc
        ) as place
    from dates
    inner join totals
        on
            dates.as_of_date >= totals.diagnostic_date
            and totals.diagnostic_date > {{ add_years('dates.as_of_date', '-' ~ parameter('competence_years')) }}
    where totals.score_share is not null
),

latest as (
    select * from ranked
    where place = 1
)

select
    latest.as_of_date,
    latest.person_id,
    staff.school_code as member_code,
    staff.position_group,
    latest.diagnostic_date,
    latest.score_share
from latest
inner join staff on latest.as_of_date = staff.as_of_date and latest.person_id = staff.person_id
union all
select
    as_of_date,
    person_id,
    {{ municipality_member('municipality_code') }} as member_code,
    'специалист МОУО' as position_group,
    diagnostic_date,
    score_share
from latest
where municipality_code is not null
