-- Grain: one row per academic year, ОГРН and school name of open data on sums of three subjects.
with totals as (
    select * from {{ ref('stg_ege_by_school__total') }}
),

identifiers as (
    select * from {{ ref('int_school__identifier') }}
)

select
    totals.academic_year,
    totals.ogrn,
    totals.school_name_key,
    totals.school_name,
    totals.municipality_name,
    identifiers.school_code,
    totals.participants,
    totals.over_220,
    totals.under_160
from totals
left join identifiers
    on
        'ogrn:' || totals.ogrn = identifiers.identifier
        and {{ day_of_year('substring(totals.academic_year, 6, 4)', parameter('ege_form_day', as_text=true)) }}
        between identifiers.valid_from and identifiers.valid_to
