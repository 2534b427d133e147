-- Grain: one row per participant of a diagnostic work who got a mark; where only the total of a class is there, per class.
with results as (
    select * from {{ ref('fct_monitoring_result') }}
)

select
    work_code || '/' || reported_school_code || '/' || class_written || '/' || participant_code as unit_id,
    marked as units,
    school_code as member_code,
    class_name,
    work_date as event_date,
    academic_year as period,
    subject_code,
    coalesce(grade, '') as grade,
    procedure_name || ', полугодие ' || cast(half_year as text) as breakdown,
    cast(marked_good as double precision) as numerator,
    cast(marked as double precision) as denominator,
    cast(null as double precision) as sum_squares
from results
where is_counted and marked is not null
