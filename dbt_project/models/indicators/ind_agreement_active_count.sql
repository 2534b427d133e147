-- Grain: one row per as-of date and other party of an agreement that was signed by it; those no longer in force are the zeros.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

agreements as (
    select * from {{ ref('fct_agreement') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

signed as (
    select
        dates.as_of_date,
        agreements.*
    from dates
    inner join agreements on dates.as_of_date >= agreements.signed_date
)

select
    signed.agreement_number || '/' || cast(signed.signed_date as text) || '/' || signed.school_code || '/' || signed.oktmo || '/'
    || signed.node_code as unit_id,
    cast(1 as bigint) as units,
    {{ member_of('signed') }} as member_code,
    '' as class_name,
    signed.as_of_date as event_date,
    cast(signed.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when signed.as_of_date <= signed.in_force_to then 1 else 0 end as double precision) as numerator,
    cast(null as double precision) as denominator,
    cast(null as double precision) as sum_squares
from signed
left join node_schools
    on signed.node_code = node_schools.node_code and signed.as_of_date between node_schools.valid_from and node_schools.valid_to
left join attribution
    on signed.school_code = attribution.school_code and signed.as_of_date between attribution.valid_from and attribution.valid_to
