-- Grain: one row per item of an observation: organisation, group, day and number of the item.
with scores as (
    select * from {{ ref('stg_ecers__score') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

placed as (
    select
        scores.*,
        {{ academic_year('scores.observation_date') }} as academic_year,
        coalesce(attribution.attributed_code, scores.school_code) as attributed_code
    from scores
    left join attribution
        on
            scores.school_code = attribution.school_code
            and scores.observation_date between attribution.valid_from and attribution.valid_to
)

select
    school_code as reported_school_code,
    group_name,
    observation_date,
    item_number,
    academic_year,
    attributed_code as school_code,
    subscale,
    score,
    observation_date = max(observation_date) over (partition by academic_year, school_code, group_name) as is_latest,
    file_name,
    row_number
from placed
