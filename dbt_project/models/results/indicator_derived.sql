-- Grain: one row per derived indicator, period, level, entity, subject, class and breakdown, compared with the period before.
-- Two intervals make the interval of the change: Newcombe's way for any estimates (MOVER).
-- A value that is itself a change speaks for itself.
{{ config(schema='intermediate') }}

with derived as (
    select * from {{ ref('indicator_derived_rows') }}
),

levels as (
    {{ indicator_levels() }}
),

breaks as (
    select * from {{ ref('comparability_breaks') }}
),

constants as (
    select {{ parameter('dynamics_min_people') }} as dynamics_min_people
),

valued as (
    select
        derived.*,
        levels.unit,
        levels.direction,
        levels.own_dynamics,
        levels.methodology_version,
        {{ period_before('derived.period', 'levels.period_kind') }} as period_before,
        constants.dynamics_min_people,
        least(derived.n, coalesce(derived.n_other, derived.n)) as smallest_n
    from derived
    inner join levels on derived.indicator_code = levels.indicator_code and derived.level = levels.level
    cross join constants
    where derived.value is not null
),

broken as (
    {{ broken_periods('valued') }}
),

paired as (
    select
        now.*,
        earlier.value as previous_value,
        now.value - earlier.value as delta,
        case when broken.indicator_code is null then now.value - earlier.value end as judged_delta,
        least(now.smallest_n, coalesce(earlier.smallest_n, now.smallest_n)) as smaller_n,
        {{ newcombe_reach('now.value', 'now.ci_low', 'earlier.value', 'earlier.ci_high') }} as change_reach_down,
        {{ newcombe_reach('earlier.value', 'earlier.ci_low', 'now.value', 'now.ci_high') }} as change_reach_up
    from valued as now
    left join broken on now.indicator_code = broken.indicator_code and now.period = broken.period
    left join valued as earlier
        on
            coalesce(broken.shows_previous, true)
            and now.indicator_code = earlier.indicator_code
            and now.period_before = earlier.period
            and now.level = earlier.level
            and now.entity_code = earlier.entity_code
            and now.subject_code = earlier.subject_code
            and now.grade = earlier.grade
            and now.breakdown = earlier.breakdown
),

judged as (
    select
        *,
        case
            when own_dynamics
                then {{ dynamics_word('value', '(value - ci_low)', '(ci_high - value)', 'smaller_n', 'dynamics_min_people') }}
            else {{ dynamics_word('judged_delta', 'change_reach_down', 'change_reach_up', 'smaller_n', 'dynamics_min_people') }}
        end as dynamics
    from paired
)

select
    indicator_code,
    methodology_version,
    period,
    level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    unit,
    numerator,
    denominator,
    value,
    n,
    n_other,
    ci_low,
    ci_high,
    previous_value,
    delta,
    dynamics,
    {{ assessment_word('dynamics', 'direction') }} as assessment
from judged
