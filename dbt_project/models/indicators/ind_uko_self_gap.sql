-- Grain: one row per organisation and academic year that has both a self-assessment and an external audit of quality management.
with audits as (
    select * from {{ ref('fct_audit') }}
),

-- as in uko_self_assessment_level and uko_audit_level: the last of the year
numbered as (
    select
        *,
        row_number() over (
            partition by member_code, academic_year, is_self_view
            order by audit_date desc, audit_code desc
        ) as place
    from audits
    where subject_matter in ('', 'УКО') and max_score > 0 and (is_self_view or audit_kind = 'внешний')
),

pairs as (
    select
        assessments.member_code,
        assessments.academic_year,
        greatest(assessments.audit_date, externals.audit_date) as event_date,
        cast(100 * assessments.score / assessments.max_score - 100 * externals.score / externals.max_score as double precision) as gap
    from numbered as assessments
    inner join numbered as externals
        on assessments.member_code = externals.member_code and assessments.academic_year = externals.academic_year
    where assessments.is_self_view and assessments.place = 1 and not externals.is_self_view and externals.place = 1
)

select
    member_code || '/' || academic_year as unit_id,
    cast(1 as bigint) as units,
    member_code,
    '' as class_name,
    event_date,
    academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    gap as numerator,
    cast(1 as double precision) as denominator,
    gap * gap as sum_squares
from pairs
