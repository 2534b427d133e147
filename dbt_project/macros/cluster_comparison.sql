{# CTEs of a school's share beside its cluster without it, per period: `others` has both values, their limits and how many people. #}
{% macro cluster_comparison(code) -%}
compared as (
    select * from {{ ref('indicator_compared') }}
    where indicator_code = '{{ code }}'
),

membership as (
    select * from {{ ref('bridge_membership') }}
    where level = 'cluster'
),

constants as (
    select {{ parameter('normal_quantile') }} as z
),

schools as (
    select
        *,
        {{ day_of_year('period', parameter('network_last_day', as_text=true)) }} as cluster_day
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
        schools.entity_code,
        schools.subject_code,
        schools.grade,
        schools.breakdown,
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
),

others as (
    select
        pairs.*,
        pairs.other_numerator / pairs.other_denominator as other_value,
        {{ wilson_limit('pairs.other_numerator', 'pairs.other_denominator', 'constants.z', '-') }} as other_low,
        {{ wilson_limit('pairs.other_numerator', 'pairs.other_denominator', 'constants.z', '+') }} as other_high
    from pairs
    cross join constants
    where pairs.n_other > 0
)
{%- endmacro %}
