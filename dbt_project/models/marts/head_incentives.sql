-- Grain: one row per school, period and recipient of incentive payments: the points of the criteria that count.
with scores as (
    select * from {{ ref('fct_head_incentive_score') }}
),

last_names as (
    select * from {{ ref('dim_entity') }}
    where level = 'school' and name_to = {{ last_day() }}
),

constants as (
    select {{ parameter('suppression_min_people') }} as min_people
),

-- the mean of few teachers says how each of them was paid; a head's points are a fact about the school
summed as (
    select
        scores.school_code,
        scores.period,
        scores.recipient,
        max(scores.people) as people,
        scores.recipient = 'педагоги' and coalesce(max(scores.people), 0) < max(constants.min_people) as is_suppressed,
        count(*) as criteria,
        sum(case when scores.is_counted then 1 else 0 end) as counted_criteria,
        sum(case when scores.is_diagnostic then 1 else 0 end) as diagnostic_criteria,
        sum(case when scores.is_counted then scores.score end) as score_sum,
        sum(case when scores.is_counted and scores.score is not null then scores.max_score end) as max_score_sum
    from scores
    cross join constants
    group by scores.school_code, scores.period, scores.recipient
)

select
    summed.school_code,
    last_names.entity_name as school_name,
    last_names.school_title,
    summed.period,
    summed.recipient,
    summed.people,
    cast(summed.criteria as bigint) as criteria,
    cast(summed.counted_criteria as bigint) as counted_criteria,
    cast(summed.diagnostic_criteria as bigint) as diagnostic_criteria,
    case when not summed.is_suppressed then summed.score_sum end as score_sum,
    summed.max_score_sum,
    case when not summed.is_suppressed then summed.score_sum / nullif(summed.max_score_sum, 0) end as score_share,
    summed.is_suppressed,
    'internal' as visibility
from summed
left join last_names on summed.school_code = last_names.entity_code
