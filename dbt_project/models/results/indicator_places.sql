-- Grain: one row per school cell of a slice that hides something and entity above it that counts units of the cell.
-- A school that moved within the period counts in both of its places.
{{ config(schema='intermediate', materialized='incremental', pre_hook="{{ forget_rebuilt_results('family') }}") }}

with cells as (
    select * from {{ rebuilt_results(ref('suppression_cells')) }}
),

units as (
    select * from {{ rebuilt_results(ref('indicator_units')) }}
),

levels as (
    {{ indicator_levels() }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

school_cells as (
    select distinct
        slice_id,
        family,
        indicator_code,
        period,
        subject_code,
        grade,
        breakdown,
        entity_code as school_code
    from cells
    where level = 'school'
),

kinds as (
    select distinct
        indicator_code,
        period_kind
    from levels
),

days as (
    select distinct
        school_cells.slice_id,
        school_cells.family,
        school_cells.indicator_code,
        school_cells.period,
        school_cells.subject_code,
        school_cells.school_code,
        units.event_date,
        case
            when kinds.period_kind = 'year'
                then
                    least(
                        units.event_date,
                        {{ day_of_year('substring(units.period, 1, 4)', parameter('network_last_day', as_text=true)) }}
                    )
            else units.event_date
        end as network_date
    from school_cells
    inner join units
        on
            school_cells.indicator_code = units.indicator_code
            and school_cells.period = units.period
            and school_cells.subject_code = units.subject_code
            and school_cells.grade = units.grade
            and school_cells.breakdown = units.breakdown
            and school_cells.school_code = units.member_code
    inner join kinds on units.indicator_code = kinds.indicator_code
    where units.is_current
)

select distinct
    days.slice_id,
    days.family,
    days.period,
    days.subject_code,
    days.school_code,
    membership.level,
    membership.entity_code
from days
inner join membership
    on
        days.school_code = membership.member_code
        and case
            when membership.level in ('municipality', 'region') then days.event_date
            else days.network_date
        end between membership.valid_from and membership.valid_to
inner join levels on days.indicator_code = levels.indicator_code and membership.level = levels.level
where membership.level <> 'school'
