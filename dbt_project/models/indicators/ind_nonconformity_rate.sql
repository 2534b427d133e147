-- Grain: one row per audit that looked for nonconformities and kind of them, those that it did not find included.
with audits as (
    select * from {{ ref('fct_audit') }}
),

counted as (
    select
        audit_code,
        member_code,
        audit_date,
        academic_year,
        'значительное' as breakdown,
        cast(major_nonconformities as double precision) as found
    from audits
    where has_looked_for_nonconformities
    union all
    select
        audit_code,
        member_code,
        audit_date,
        academic_year,
        'незначительное' as breakdown,
        cast(minor_nonconformities as double precision) as found
    from audits
    where has_looked_for_nonconformities
    union all
    select
        audit_code,
        member_code,
        audit_date,
        academic_year,
        'наблюдение' as breakdown,
        cast(observations as double precision) as found
    from audits
    where has_looked_for_nonconformities
)

select
    audit_code || '/' || breakdown as unit_id,
    cast(1 as bigint) as units,
    member_code,
    '' as class_name,
    audit_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    breakdown,
    found as numerator,
    cast(1 as double precision) as denominator,
    found * found as sum_squares
from counted
