-- Grain: one row per school, indicator, period, subject, class and breakdown whose cluster has enough other schools with an open value.
-- The school sees its own value beside the quartiles of the others; only values that the open marts show stand behind them, so they tell
-- nothing that was closed. Diagnostic indicators (ВПР) never place a school, counts and flags have no quartiles.
-- Keys and values alone go through the comparison; the words of a reading, which are many times as wide, join it at the end.
{{ config(
    materialized='incremental', pre_hook="{{ forget_rebuilt_results() }}", post_hook="{{ update_readings('indicator_values') }}"
) }}

with compared_readings as (
    select * from {{ rebuilt_results(ref('own_readings')) }}
),

-- once more: Postgres writes a CTE that two ask for to disk, with all its words
shown_readings as (
    select * from {{ rebuilt_results(ref('own_readings')) }}
),

closed_cells as (
    select * from {{ rebuilt_results(ref('indicator_suppression')) }}
),

own as (
    select
        readings.indicator_code,
        readings.period,
        readings.entity_code,
        readings.subject_code,
        readings.grade,
        readings.breakdown,
        readings.value,
        membership.entity_code as cluster_code,
        closed.suppression is null as is_open
    from compared_readings as readings
    inner join {{ ref('dim_indicator') }} as indicators on readings.indicator_code = indicators.indicator_code
    inner join {{ ref('bridge_membership') }} as membership
        on
            membership.level = 'cluster'
            and readings.entity_code = membership.member_code
            and {{ period_day('readings.period', 'indicators.period_kind') }} between membership.valid_from and membership.valid_to
    left join closed_cells as closed
        on
            closed.level = 'school'
            and readings.entity_code = closed.entity_code
            and {{ same_cut('readings', 'closed') }}
    where
        readings.level = 'school'
        and readings.value is not null
        and readings.usage_kind = 'open'
        and readings.unit in ('share', 'mean', 'index')
),

places as (
    select
        indicator_code,
        period,
        entity_code,
        subject_code,
        grade,
        breakdown,
        cluster_code,
        value,
        row_number()
            over (partition by indicator_code, period, subject_code, grade, breakdown, cluster_code order by value, entity_code)
            as place,
        count(*) over (partition by indicator_code, period, subject_code, grade, breakdown, cluster_code) as schools
    from own
    where is_open
),

sizes as (
    select distinct
        indicator_code,
        period,
        subject_code,
        grade,
        breakdown,
        cluster_code,
        schools
    from places
),

-- without the school itself the values after its place move up by one
compared as (
    select
        own.*,
        sizes.schools - case when own.is_open then 1 else 0 end as other_schools,
        coalesce(places.place, sizes.schools + 1) as own_place
    from own
    inner join sizes
        on {{ same_cut('own', 'sizes') }} and own.cluster_code = sizes.cluster_code
    left join places
        on {{ same_cut('own', 'places') }} and own.entity_code = places.entity_code
),

quartiles as (
    select 1 as quartile
    union all
    select 2 as quartile
    union all
    select 3 as quartile
),

positions as (
    select
        compared.indicator_code,
        compared.period,
        compared.subject_code,
        compared.grade,
        compared.breakdown,
        compared.cluster_code,
        compared.entity_code,
        compared.own_place,
        quartiles.quartile,
        1 + cast(floor((compared.other_schools - 1) * quartiles.quartile / 4.0) as integer) as lower_place,
        1 + cast(ceiling((compared.other_schools - 1) * quartiles.quartile / 4.0) as integer) as upper_place,
        (compared.other_schools - 1) * quartiles.quartile / 4.0 - floor((compared.other_schools - 1) * quartiles.quartile / 4.0) as fraction
    from compared
    cross join quartiles
    where compared.other_schools >= {{ parameter('cluster_distribution_min_schools') }}
),

interpolated as (
    select
        positions.indicator_code,
        positions.period,
        positions.subject_code,
        positions.grade,
        positions.breakdown,
        positions.entity_code,
        max(case when positions.quartile = 1 then lower_values.value + positions.fraction * (upper_values.value - lower_values.value) end)
            as lower_quartile,
        max(case when positions.quartile = 2 then lower_values.value + positions.fraction * (upper_values.value - lower_values.value) end)
            as median,
        max(case when positions.quartile = 3 then lower_values.value + positions.fraction * (upper_values.value - lower_values.value) end)
            as upper_quartile
    from positions
    inner join places as lower_values
        on
            {{ same_cut('positions', 'lower_values') }}
            and positions.cluster_code = lower_values.cluster_code
            and positions.lower_place + case when positions.lower_place >= positions.own_place then 1 else 0 end = lower_values.place
    inner join places as upper_values
        on
            {{ same_cut('positions', 'upper_values') }}
            and positions.cluster_code = upper_values.cluster_code
            and positions.upper_place + case when positions.upper_place >= positions.own_place then 1 else 0 end = upper_values.place
    group by positions.indicator_code, positions.period, positions.subject_code, positions.grade, positions.breakdown, positions.entity_code
)

select
    readings.year,
    compared.period,
    readings.period_title,
    readings.is_latest,
    readings.topic,
    compared.indicator_code,
    readings.indicator_name,
    compared.entity_code as school_code,
    readings.school_title,
    compared.cluster_code,
    compared.subject_code,
    readings.subject_name,
    compared.grade,
    compared.breakdown,
    readings.cut,
    readings.unit,
    readings.shown_as,
    compared.value,
    readings.n,
    readings.ci_low,
    readings.ci_high,
    cast(compared.other_schools as integer) as other_schools,
    interpolated.lower_quartile,
    interpolated.median,
    interpolated.upper_quartile,
    readings.value_text,
    readings.interval_text,
    {{ value_ru('interpolated.median', 'readings.unit', 'readings.shown_as') }} || {{ unit_ru('readings.unit', 'readings.shown_as') }}
        as median_text,
    {{ value_ru('interpolated.lower_quartile', 'readings.unit', 'readings.shown_as') }} || ' – '
    || {{ value_ru('interpolated.upper_quartile', 'readings.unit', 'readings.shown_as') }}
    || {{ unit_ru('readings.unit', 'readings.shown_as') }}
        as quartiles_text,
    readings.reading_text,
    readings.source_date,
    readings.formula,
    readings.limits_text,
    readings.methodology_version
from compared
inner join interpolated
    on {{ same_cut('compared', 'interpolated') }} and compared.entity_code = interpolated.entity_code
inner join shown_readings as readings
    on {{ same_cut('compared', 'readings') }} and readings.level = 'school' and compared.entity_code = readings.entity_code
