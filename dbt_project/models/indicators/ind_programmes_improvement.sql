-- Grain: one row per organisation, academic year and criterion of its programme's last review in it.
with findings as (
    select * from {{ ref('fct_audit_finding') }}
),

reviews as (
    select
        *,
        {{ parameter('programme_criterion_met_share') }} as met_share,
        rank() over (partition by member_code, academic_year order by audit_date desc, audit_code desc) as place
    from findings
    where subject_matter = 'ООП'
)

select
    audit_code || '/' || criterion_code as unit_id,
    cast(1 as bigint) as units,
    member_code,
    '' as class_name,
    audit_date as event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when score >= met_share * max_score then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from reviews
where place = 1 and score is not null
