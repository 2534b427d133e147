-- Grain: one row per quadrant, school and year that has a coefficient of funding and a comparison with its cluster.
-- A raised coefficient and a result above the cluster, B raised and below, C usual and above, D usual and below; above and below only where
-- the interval of the difference says so, else the school is in none. The cluster is that without the school, the interval is Newcombe's.
with compared as (
    select * from {{ ref('indicator_compared') }}
    where indicator_code = 'ege_pass_share_mandatory'
),

membership as (
    select * from {{ ref('bridge_membership') }}
    where level = 'cluster'
),

funding as (
    select * from {{ ref('fct_funding') }}
    where reported_school_code = school_code
),

constants as (
    select {{ parameter('normal_quantile') }} as z
),

schools as (
    select
        *,
        {{ day_of_year('period', parameter('network_last_day', as_text=true)) }} as cluster_day,
        cast(cast(period as bigint) - 1 as text) || '/' || period as academic_year
    from compared
    where level = 'school'
),

clusters as (
    select *
    from compared
    where level = 'cluster'
),

pairs as (
    select
        schools.period,
        schools.academic_year,
        schools.entity_code,
        schools.value,
        schools.ci_low,
        schools.ci_high,
        schools.n,
        clusters.n - schools.n as n_other,
        clusters.numerator - schools.numerator as other_numerator,
        clusters.denominator - schools.denominator as other_denominator
    from schools
    inner join membership
        on
            schools.entity_code = membership.member_code
            and schools.cluster_day between membership.valid_from and membership.valid_to
    inner join clusters on schools.period = clusters.period and membership.entity_code = clusters.entity_code
    where clusters.denominator > schools.denominator
),

others as (
    select
        pairs.*,
        pairs.other_numerator / pairs.other_denominator as other_value,
        {{ wilson_limit('pairs.other_numerator', 'pairs.other_denominator', 'constants.z', '-') }} as other_low,
        {{ wilson_limit('pairs.other_numerator', 'pairs.other_denominator', 'constants.z', '+') }} as other_high
    from pairs
    cross join constants
),

differences as (
    select
        period,
        academic_year,
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
