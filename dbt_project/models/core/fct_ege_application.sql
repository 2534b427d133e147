-- Grain: one row per year, subject and school of the form of applications for the exam.
with applications as (
    select * from {{ ref('stg_ege_by_school__application') }}
),

matches as (
    select * from {{ ref('int_school__form_match') }}
)

select
    applications.exam_year,
    applications.subject_code,
    matches.school_code,
    cast(max(applications.graduates) as bigint) as graduates,
    cast(sum(applications.applications) as bigint) as applications
from applications
inner join matches
    on
        applications.exam_year = matches.exam_year
        and applications.municipality_name_key = matches.municipality_name_key
        and applications.school_name_key = matches.school_name_key
        and applications.homonym = matches.homonym
where not applications.is_total and applications.applications > 0
group by applications.exam_year, applications.subject_code, matches.school_code
