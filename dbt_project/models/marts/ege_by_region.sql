-- Grain: one row per year and subject of the region.
{{ config(materialized='incremental', pre_hook="{{ forget_rebuilt('year', 'subject_code', 1) }}") }}

with indicator_values as (
    select * from {{ rebuilt_results(ref('marts__indicator_values')) }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

wide as (
    {{ ege_wide('indicator_values', 'region') }}
)

select
    wide.year,
    wide.subject_code,
    subjects.subject_name,
    wide.n,
    wide.mean_value as mean_score,
    wide.mean_ci_low,
    wide.mean_ci_high,
    wide.below_min_value as below_min_share,
    wide.below_min_ci_low,
    wide.below_min_ci_high,
    wide.high_value as high_share,
    wide.high_ci_low,
    wide.high_ci_high
from wide
inner join subjects on wide.subject_code = subjects.subject_code
