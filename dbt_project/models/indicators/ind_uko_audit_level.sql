-- Grain: one row per organisation and academic year: its last external audit of quality management.
with criteria as (
    select * from {{ ref('fct_audit_finding') }}
),

audits as (
    select
        audit_code,
        member_code,
        academic_year,
        audit_date,
        sum(score) as score,
        sum(max_score) as max_score
    from criteria
    where subject_matter in ('', 'УКО') and audit_kind = 'внешний'
    group by audit_code, member_code, academic_year, audit_date
    having sum(max_score) > 0
),

numbered as (
    select
        *,
        row_number() over (partition by member_code, academic_year order by audit_date desc, audit_code desc) as place
    from audits
)

select
    member_code || '/' || academic_year as unit_id,
    cast(1 as bigint) as units,
    member_code,
    '' as class_name,
    audit_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(100 * score as double precision) as numerator,
    cast(max_score as double precision) as denominator,
    cast(null as double precision) as sum_squares
from numbered
where place = 1
