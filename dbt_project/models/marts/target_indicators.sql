-- Grain: one row per target indicator of the plan, what measures it, period, level and participant of the network, network or region.
-- The change is against the baseline of the plan, taken as known: its interval is that of the value.
with asked as (
    select * from {{ ref('target_indicators_plan') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

measured as (
    select * from {{ ref('marts__indicator_values') }}
),

goals as (
    select * from {{ ref('fct_target') }}
),

nodes as (
    select * from {{ ref('dim_network_node') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

cells as (
    select distinct
        asked.place,
        asked.target_number,
        asked.target_name_ru,
        asked.indicator_code,
        asked.goal,
        asked.plan_threshold,
        asked.threshold_level,
        asked.threshold_ru,
        indicators.indicator_name,
        indicators.unit,
        indicators.direction,
        ', ' || indicators.levels || ',' as levels,
        coalesce(measured.period, '') as period,
        coalesce(measured.subject_code, asked.subject_code, '') as subject_code,
        coalesce(measured.breakdown, asked.respondents, '') as breakdown,
        {{ period_day('measured.period', 'indicators.period_kind') }} as period_day
    from asked
    left join indicators on asked.indicator_code = indicators.indicator_code
    left join measured
        on
            asked.indicator_code = measured.indicator_code
            and measured.grade = ''
            and measured.level in ('school', 'umc', 'kc', 'group', 'region')
            and (asked.subject_code is null or asked.subject_code = measured.subject_code)
            and (
                coalesce(asked.respondents, '') = measured.breakdown
                -- a group that several surveys ask has a row for each
                or asked.respondents || ' · ' = substring(measured.breakdown, 1, length(asked.respondents) + 3)
            )
),

participants as (
    select
        'school' as level,
        school_code as entity_code,
        role,
        valid_from,
        valid_to
    from nodes
    union all
    select
        case role when 'КЦ' then 'kc' else 'umc' end as level,
        node_code as entity_code,
        role,
        valid_from,
        valid_to
    from nodes
    where role in ('КЦ', 'УМЦ')
    union all
    select
        'group' as level,
        '{{ var("network_group") }}' as entity_code,
        'сеть' as role,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    union all
    select
        level,
        entity_code,
        'регион' as role,
        {{ first_day() }} as valid_from,
        {{ last_day() }} as valid_to
    from entities
    where level = 'region'
),

-- a school that is several nodes is one participant, by the upper of its roles
grid as (
    select
        cells.place,
        cells.target_number,
        cells.target_name_ru,
        cells.indicator_code,
        cells.goal,
        cells.plan_threshold,
        cells.threshold_level,
        cells.threshold_ru,
        cells.indicator_name,
        cells.unit,
        cells.direction,
        cells.period,
        cells.subject_code,
        cells.breakdown,
        cells.period_day,
        participants.level,
        participants.entity_code,
        min(
            case participants.role when 'КЦ' then '1КЦ' when 'УМЦ' then '2УМЦ' when 'ОО' then '3ОО' else '4' || participants.role end
        ) as role
    from cells
    inner join participants
        on
            case
                when cells.period_day is null then participants.level in ('group', 'region')
                else cells.period_day between participants.valid_from and participants.valid_to
            end
            and (cells.levels is null or cells.levels like '%, ' || participants.level || ',%')
    group by
        cells.place,
        cells.target_number,
        cells.target_name_ru,
        cells.indicator_code,
        cells.goal,
        cells.plan_threshold,
        cells.threshold_level,
        cells.threshold_ru,
        cells.indicator_name,
        cells.unit,
        cells.direction,
        cells.period,
        cells.subject_code,
        cells.breakdown,
        cells.period_day,
        participants.level,
        participants.entity_code
),

filled as (
    select
        grid.*,
        measured.value,
        measured.n,
        measured.ci_low,
        measured.ci_high,
        measured.assessment,
        coalesce(measured.is_suppressed, false) as is_suppressed,
        coalesce(measured.visibility, 'public') as visibility,
        goals.baseline,
        coalesce(goals.target, case when grid.level = grid.threshold_level then grid.plan_threshold end) as target,
        case when goals.target is not null then goals.basis when grid.level = grid.threshold_level then grid.threshold_ru end as basis,
        case grid.direction when 'less' then -1 else 1 end as sense
    from grid
    left join measured
        on
            grid.indicator_code = measured.indicator_code
            and grid.period = measured.period
            and grid.level = measured.level
            and grid.entity_code = measured.entity_code
            and grid.subject_code = measured.subject_code
            and measured.grade = ''
            and grid.breakdown = measured.breakdown
    left join goals
        on
            grid.indicator_code = goals.indicator_code
            and grid.period = goals.period
            and grid.level = goals.level
            and grid.entity_code = goals.entity_code
),

changed as (
    select
        *,
        -- what is itself a change needs no baseline; a count is no sample, its change is what it is
        case when goal = 'growth' then value else value - baseline end as change,
        case
            when goal = 'growth' then coalesce(ci_low, case when unit in ('count', 'index') then value end)
            when unit = 'count' then value - baseline
            else ci_low - baseline
        end as change_ci_low,
        case
            when goal = 'growth' then coalesce(ci_high, case when unit in ('count', 'index') then value end)
            when unit = 'count' then value - baseline
            else ci_high - baseline
        end as change_ci_high
    from filled
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

judged as (
    select
        *,
        case when sense = 1 then change_ci_low > 0 else change_ci_high < 0 end as is_better,
        case when sense = 1 then change_ci_high < 0 else change_ci_low > 0 end as is_worse
    from changed
)

select
    cast(judged.place as bigint) as place,
    judged.target_number,
    judged.target_name_ru as target_name,
    judged.indicator_code,
    judged.indicator_name,
    judged.period,
    judged.level,
    judged.entity_code,
    entities.entity_name,
    substring(judged.role, 2) as participant_role,
    judged.subject_code,
    subjects.subject_name,
    judged.breakdown,
    judged.unit,
    judged.value,
    judged.n,
    judged.ci_low,
    judged.ci_high,
    judged.baseline,
    judged.target,
    judged.basis,
    judged.change,
    judged.change_ci_low,
    judged.change_ci_high,
    case
        when judged.value is null then 'нет данных'
        when judged.sense * judged.value >= judged.sense * judged.target then 'достигнут'
        when judged.goal = 'growth' and judged.target is null and judged.is_better then 'достигнут'
        when judged.is_better then 'улучшение'
        when judged.is_worse then 'ухудшение'
        when judged.target is not null or judged.goal = 'growth' then 'не достигнут'
        -- without target and baseline only the change since the period before can be told
        when judged.baseline is null and judged.assessment in ('улучшение', 'ухудшение') then judged.assessment
        else 'нет данных'
    end as status,
    judged.is_suppressed,
    judged.visibility
from judged
left join entities
    on
        judged.level = entities.level
        and judged.entity_code = entities.entity_code
        and coalesce(judged.period_day, {{ last_day() }}) between entities.name_from and entities.name_to
left join subjects on judged.subject_code = subjects.subject_code
