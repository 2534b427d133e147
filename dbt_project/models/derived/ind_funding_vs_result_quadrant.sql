-- Grain: one row per quadrant, school and year that has a coefficient of funding and a comparison with its cluster.
-- A raised coefficient and a result above the cluster, B raised and below, C usual and above, D usual and below; above and below only where
-- the interval of the difference says so, else the school is in none. The cluster is that without the school, the interval is Newcombe's.
with {{ cluster_comparison('ege_pass_share_mandatory') }},

funding as (
    select * from {{ ref('fct_funding') }}
    where reported_school_code = school_code
),

differences as (
    select
        period,
        cast(cast(period as bigint) - 1 as text) || '/' || period as academic_year,
        entity_code,
        n,
        n_other,
        value - other_value - {{ newcombe_reach('value', 'ci_low', 'other_value', 'other_high') }} as difference_low,
        value - other_value + {{ newcombe_reach('other_value', 'other_low', 'value', 'ci_high') }} as difference_high
    from others
),

placed as (
    select
        differences.period,
        differences.entity_code,
        differences.n,
        differences.n_other,
        case
            when differences.difference_low > 0 then case when funding.is_raised then 'A' else 'C' end
            when differences.difference_high < 0 then case when funding.is_raised then 'B' else 'D' end
            else ''
        end as quadrant
    from differences
    inner join funding
        on differences.entity_code = funding.school_code and differences.academic_year = funding.academic_year
),

quadrants as (
    select 'A' as quadrant
    union all
    select 'B' as quadrant
    union all
    select 'C' as quadrant
    union all
    select 'D' as quadrant
)

-- all four rows for every school: that a row is there tells nothing
select
    placed.period,
    'school' as level,
    placed.entity_code,
    '' as subject_code,
    '' as grade,
    quadrants.quadrant as breakdown,
    cast(null as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(case when placed.quadrant = quadrants.quadrant then 1 else 0 end as double precision) as value,
    placed.n,
    placed.n_other,
    cast(null as double precision) as ci_low,
    cast(null as double precision) as ci_high
from placed
cross join quadrants
