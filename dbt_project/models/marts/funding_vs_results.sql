-- Grain: one row per school and exam year that has a coefficient of funding and a comparison with its cluster.
-- Money is compared with ЕГЭ alone: nothing here comes of ВПР.
with funding as (
    select * from {{ ref('fct_funding') }}
    where reported_school_code = school_code
),

indicator_values as (
    select * from {{ ref('marts__indicator_values') }}
    where level = 'school' and indicator_code in ('funding_vs_result_quadrant', 'ege_pass_vs_cluster', 'ege_pass_share_mandatory')
),

wide as (
    select
        entity_code as school_code,
        period as exam_year,
        cast(cast(period as bigint) - 1 as text) || '/' || period as academic_year,
        {{ period_day('period', "'year'") }} as name_day,
        max(case when indicator_code = 'ege_pass_share_mandatory' then value end) as pass_share,
        max(case when indicator_code = 'ege_pass_vs_cluster' then value end) as vs_cluster,
        max(case when indicator_code = 'ege_pass_vs_cluster' then ci_low end) as vs_cluster_ci_low,
        max(case when indicator_code = 'ege_pass_vs_cluster' then ci_high end) as vs_cluster_ci_high,
        max(case when indicator_code = 'funding_vs_result_quadrant' and value = 1 then breakdown end) as quadrant,
        max(n) as graduates,
        bool_or(indicator_code = 'funding_vs_result_quadrant' and is_suppressed) as is_suppressed,
        bool_or(indicator_code = 'funding_vs_result_quadrant') as has_quadrant
    from indicator_values
    group by entity_code, period
),

placed as (
    {{ school_placed('wide') }}
)

select
    cast(placed.exam_year as integer) as year,
    placed.municipality_code,
    placed.municipality_name,
    placed.school_code,
    placed.school_name,
    placed.school_title,
    funding.coefficient,
    funding.is_raised,
    placed.graduates,
    placed.pass_share,
    placed.vs_cluster,
    placed.vs_cluster_ci_low,
    placed.vs_cluster_ci_high,
    placed.quadrant,
    case
        when placed.is_suppressed then 'закрыто из-за малой численности'
        when placed.quadrant = 'A' then 'коэффициент повышен, результат выше кластера'
        when placed.quadrant = 'B' then 'коэффициент повышен, результат ниже кластера'
        when placed.quadrant = 'C' then 'коэффициент обычный, результат выше кластера'
        when placed.quadrant = 'D' then 'коэффициент обычный, результат ниже кластера'
        else 'от кластера значимо не отличается'
    end as quadrant_text,
    placed.is_suppressed
from placed
inner join funding on placed.school_code = funding.school_code and placed.academic_year = funding.academic_year
where placed.has_quadrant
