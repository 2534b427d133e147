-- Grain: one row per level, entity and academic year in which the dynamics of at least one independent procedure are known.
-- Procedures that improved less those that got worse. A procedure of several rows goes the way of most of them. ВПР is never counted.
with compared as (
    select * from {{ ref('indicator_compared') }}
),

procedures as (
    select * from {{ ref('quality_improvement_procedures') }}
    where is_counted
),

indicators as (
    select * from {{ ref('dim_indicator') }}
    where usage_kind = 'open'
),

judged as (
    select
        procedures.procedure_name,
        {{ academic_year_of('compared.period', 'indicators.period_kind') }} as academic_year,
        compared.level,
        compared.entity_code,
        compared.n,
        case compared.assessment when 'улучшение' then 1 when 'ухудшение' then -1 else 0 end as direction
    from compared
    inner join indicators on compared.indicator_code = indicators.indicator_code
    inner join procedures
        on
            compared.indicator_code = procedures.indicator_code
            and compared.subject_code = coalesce(procedures.subject_code, compared.subject_code)
            and compared.breakdown like coalesce(procedures.breakdown_pattern, '')
    where compared.level <> 'class' and compared.assessment <> 'нет данных'
),

by_procedure as (
    select
        procedure_name,
        academic_year,
        level,
        entity_code,
        sign(sum(direction)) as direction,
        min(n) as n
    from judged
    group by procedure_name, academic_year, level, entity_code
)

select
    academic_year as period,
    level,
    entity_code,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(null as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(sum(direction) as double precision) as value,
    cast(min(n) as bigint) as n,
    cast(null as bigint) as n_other,
    cast(null as double precision) as ci_low,
    cast(null as double precision) as ci_high
from by_procedure
group by academic_year, level, entity_code
