-- Grain: one row per school and academic year: the results of the years before, all measured works together.
-- It is made of open cells alone: a sum over works of which all but one are shown would give the closed one. So a school whose small
-- neighbours close one of its works has no index.
with compared as (
    select * from {{ ref('indicator_compared') }}
    where level = 'school' and breakdown = ''
),

lists as (
    select * from {{ ref('fct_low_result') }}
    where excluded_reason is null
),

results as (
    select * from {{ ref('fct_school_result') }}
),

works as (
    select * from {{ ref('low_result_works') }}
),

indicators as (
    select * from {{ ref('dim_indicator') }}
),

cells as (
    select * from {{ ref('suppression_cells') }}
    where level = 'school'
),

blocks as (
    select * from {{ ref('suppression_blocks') }}
),

constants as (
    select
        {{ parameter('low_years') }} as years,
        {{ parameter('low_min_participants') }} as min_participants
),

closed as (
    select
        cells.indicator_code,
        cells.period,
        cells.entity_code,
        cells.subject_code,
        cells.grade
    from cells
    inner join blocks on cells.slice_id = blocks.slice_id and cells.entity_code = blocks.school_code
    where cells.breakdown = ''
),

shown as (
    select
        compared.entity_code as school_code,
        {{ academic_year_of('compared.period', 'indicators.period_kind') }} as academic_year,
        works.procedure_name,
        compared.subject_code,
        compared.grade,
        works.work_code,
        compared.n,
        case when works.is_low_itself then compared.numerator else compared.denominator - compared.numerator end as low_participants,
        closed.entity_code is not null as is_closed
    from compared
    inner join works
        on
            compared.indicator_code = works.indicator_code
            and compared.subject_code = works.subject_code
            and compared.grade = coalesce(works.grade, '')
    inner join indicators on compared.indicator_code = indicators.indicator_code
    left join closed
        on
            compared.indicator_code = closed.indicator_code
            and compared.period = closed.period
            and compared.entity_code = closed.entity_code
            and compared.subject_code = closed.subject_code
            and compared.grade = closed.grade
),

-- the same works as of the list: big enough, without markers
measured as (
    select
        shown.school_code,
        cast(substring(shown.academic_year, 1, 4) as bigint) as first_year,
        shown.work_code,
        sum(shown.n) as participants,
        sum(shown.low_participants) as low_participants,
        bool_or(shown.is_closed) as is_closed
    from shown
    inner join results
        on
            shown.school_code = results.school_code
            and shown.academic_year = results.academic_year
            and shown.procedure_name = results.procedure_name
            and shown.subject_code = results.subject_code
            and shown.grade = results.grade
    cross join constants
    where not results.has_marker
    group by shown.school_code, shown.academic_year, shown.work_code
    having sum(shown.n) >= max(constants.min_participants)
)

select
    lists.academic_year as period,
    'school' as level,
    lists.school_code as entity_code,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(sum(measured.low_participants) as double precision) as numerator,
    cast(sum(measured.participants) as double precision) as denominator,
    cast(sum(measured.low_participants) as double precision) / sum(measured.participants) as value,
    cast(sum(measured.participants) as bigint) as n,
    cast(null as bigint) as n_other,
    cast(null as double precision) as ci_low,
    cast(null as double precision) as ci_high
from lists
cross join constants
inner join measured
    on
        lists.school_code = measured.school_code
        and measured.first_year between cast(substring(lists.academic_year, 1, 4) as bigint) - constants.years
        and cast(substring(lists.academic_year, 1, 4) as bigint) - 1
group by lists.school_code, lists.academic_year
having not bool_or(measured.is_closed)
