-- Grain: one row per participant of a diagnostic work; where only the total of a class is there, per class.
with results as (
    select * from {{ ref('fct_monitoring_result') }}
)

select
    work_code || '/' || reported_school_code || '/' || class_written || '/' || participant_code as unit_id,
    participants as units,
    school_code as member_code,
    class_name,
    work_date as event_date,
    academic_year as period,
    subject_code,
    coalesce(grade, '') as grade,
    procedure_name || ', полугодие ' || cast(half_year as text) as breakdown,
    participants * score_share as numerator,
    cast(participants as double precision) as denominator,
    -- a total has no spread, so no interval comes of it
    case when participant_code <> '' then score_share * score_share end as sum_squares
from results
where is_counted and score_share is not null and participants > 0
