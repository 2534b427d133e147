-- Grain: one row per school, period, recipient and criterion of incentive payments.
-- A criterion judged by an indicator meant for diagnosis alone (ВПР) is kept and does not count, unless a parameter allows it.
with scores as (
    select * from {{ ref('stg_incentives__score') }}
),

-- whatever their version
diagnostic as (
    select distinct indicator_code
    from {{ ref('dim_indicator') }}
    where usage_kind = 'diagnostic_only'
)

select
    scores.school_code,
    scores.period,
    scores.recipient,
    scores.criterion_code,
    scores.criterion,
    scores.indicator_code,
    scores.people,
    scores.score,
    scores.max_score,
    diagnostic.indicator_code is not null as is_diagnostic,
    diagnostic.indicator_code is null or {{ parameter('allow_diagnostic_in_incentives') }} = 1 as is_counted,
    scores.file_name,
    scores.row_number
from scores
left join diagnostic on scores.indicator_code = diagnostic.indicator_code
