-- Grain: one row per school of the file, day of the check and criterion.
with scores as (
    select * from {{ ref('stg_site_checks__score') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
)

select
    scores.school_code as reported_school_code,
    coalesce(attribution.attributed_code, scores.school_code) as school_code,
    scores.check_date,
    scores.criterion_code,
    scores.score,
    scores.max_score,
    scores.score is not null as is_applicable,
    scores.file_name,
    scores.row_number
from scores
left join attribution
    on
        scores.school_code = attribution.school_code
        and scores.check_date between attribution.valid_from and attribution.valid_to
