-- Grain: one row per municipality, year, kind of view and criterion of the municipal mechanisms of quality management.
with scores as (
    select * from {{ ref('stg_muk__score') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
),

dated as (
    select
        *,
        {{ day_of_year('year', parameter('year_name_day', as_text=true)) }} as event_date
    from scores
),

placed as (
    select
        dated.*,
        oktmo_municipality.municipality_code,
        -- two ОКТМО of one municipality in one year: one of them, always the same
        row_number() over (
            partition by oktmo_municipality.municipality_code, dated.year, dated.kind, dated.criterion_code
            order by dated.oktmo
        ) as place
    from dated
    inner join oktmo_municipality
        on
            dated.oktmo = oktmo_municipality.oktmo
            and dated.event_date between oktmo_municipality.valid_from and oktmo_municipality.valid_to
)

select
    municipality_code,
    year,
    kind,
    criterion_code,
    direction,
    event_date,
    case when max_score > 0 then score end as score,
    case when max_score > 0 and score is not null then max_score end as max_score,
    evidence_url,
    file_name,
    row_number
from placed
where place = 1
