-- Grain: one row per school of the file, day of the check and criterion.
with scores as (
    select * from {{ ref('stg_site_checks__score') }}
),

criteria as (
    select * from {{ ref('dim_site_criterion') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

attributed as (
    select
        scores.*,
        scores.school_code as reported_school_code,
        coalesce(attribution.attributed_code, scores.school_code) as attributed_code
    from scores
    left join attribution
        on
            scores.school_code = attribution.school_code
            and scores.check_date between attribution.valid_from and attribution.valid_to
),

distinct_days as (
    select distinct
        attributed_code,
        check_date
    from attributed
),

days as (
    select
        attributed_code,
        check_date,
        lead(check_date) over (partition by attributed_code order by check_date) as next_check_date
    from distinct_days
)

select
    attributed.reported_school_code,
    attributed.attributed_code as school_code,
    attributed.check_date,
    attributed.criterion_code,
    attributed.score,
    attributed.max_score,
    attributed.score is not null as is_applicable,
    criteria.is_quality_information,
    days.next_check_date,
    attributed.file_name,
    attributed.row_number
from attributed
inner join criteria on attributed.criterion_code = criteria.criterion_code
inner join days on attributed.attributed_code = days.attributed_code and attributed.check_date = days.check_date
