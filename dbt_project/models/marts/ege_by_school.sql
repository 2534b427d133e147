-- Grain: one row per year, subject and school.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('year', 'subject_code', 1) }}") }}

with indicator_values as (
    select * from {{ rebuilt_results(ref('marts__indicator_values')) }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

wide as (
    {{ ege_wide('indicator_values', 'school') }}
),

dated as (
    select
        *,
        {{ day_of_year('year', parameter('year_name_day', as_text=true)) }} as name_day
    from wide
)

select
    dated.year,
    dated.subject_code,
    subjects.subject_name,
    membership.entity_code as municipality_code,
    entities.entity_name as municipality_name,
    dated.entity_code as school_code,
    dated.entity_name as school_name,
    dated.n,
    dated.mean_value as mean_score,
    dated.mean_ci_low,
    dated.mean_ci_high,
    dated.mean_previous,
    dated.mean_assessment,
    dated.below_min_value as below_min_share,
    dated.below_min_ci_low,
    dated.below_min_ci_high,
    dated.high_value as high_share,
    dated.high_ci_low,
    dated.high_ci_high,
    dated.is_suppressed
from dated
inner join subjects on dated.subject_code = subjects.subject_code
left join membership
    on
        dated.entity_code = membership.member_code
        and membership.level = 'municipality'
        and dated.name_day between membership.valid_from and membership.valid_to
left join entities
    on
        membership.level = entities.level
        and membership.entity_code = entities.entity_code
        and dated.name_day between entities.name_from and entities.name_to
