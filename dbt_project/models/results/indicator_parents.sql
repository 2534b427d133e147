-- Grain: one row per school cell of indicator_sums and municipality that counts units of it: two, if the school moved within the period.
{{ config(schema='intermediate') }}

with units as (
    {{ indicator_units() }}
),

membership as (
    select * from {{ ref('bridge_school_entity') }}
),

days as (
    select distinct
        indicator_code,
        period,
        subject_code,
        grade,
        breakdown,
        school_code,
        event_date
    from units
)

select distinct
    days.indicator_code,
    days.period,
    days.subject_code,
    days.grade,
    days.breakdown,
    days.school_code,
    membership.entity_code as municipality_code
from days
inner join membership
    on days.school_code = membership.school_code and days.event_date between membership.valid_from and membership.valid_to
where membership.level = 'municipality'
