-- Grain: one row per school and academic year for whose list of ШНОР its earlier results are looked at.
-- A work is a procedure, subject and class; low is a share of those who failed from a cut-off on. Results with markers of objectivity
-- are left out.
with results as (
    select * from {{ ref('fct_school_result') }}
),

works as (
    select * from {{ ref('low_result_works') }}
),

exclusions as (
    select * from {{ ref('low_result_exclusions') }}
),

schools as (
    select * from {{ ref('dim_school') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

constants as (
    select
        {{ parameter('low_years') }} as years,
        {{ parameter('low_min_works') }} as min_works,
        {{ parameter('low_min_participants') }} as min_participants,
        -- exact: 0.3 · 20 people are 6 people
        cast({{ parameter('low_share_min') }} as decimal(9, 6)) as share_min
),

measured as (
    select
        results.school_code,
        results.academic_year,
        cast(substring(results.academic_year, 1, 4) as bigint) as first_year,
        works.work_code,
        works.work_name_ru || ' (' || results.academic_year || ')' as work_name,
        sum(results.participants) as participants,
        sum(results.low_participants) as low_participants
    from results
    inner join works
        on
            results.procedure_name = works.procedure_name
            and results.subject_code = works.subject_code
            and results.grade = coalesce(works.grade, '')
    where not results.has_marker
    group by results.school_code, results.academic_year, works.work_code, works.work_name_ru
    having count(*) = count(results.low_participants)
),

judged as (
    select
        measured.*,
        measured.low_participants >= constants.share_min * measured.participants as is_low
    from measured
    cross join constants
    where measured.participants >= constants.min_participants
),

-- the list of a year is made when the year has begun, of what was before it
lists as (
    select distinct first_year + 1 as first_year
    from measured
),

list_years as (
    select
        lists.first_year,
        cast(lists.first_year as text) || '/' || cast(lists.first_year + 1 as text) as academic_year
    from lists
    cross join region
    where {{ day_of_year('lists.first_year', parameter('academic_year_first_day', as_text=true)) }} <= region.as_of
),

listed as (
    select
        judged.school_code,
        list_years.academic_year,
        {{ period_day('list_years.academic_year', "'academic_year'") }} as event_date,
        count(distinct judged.work_code) as works,
        count(distinct case when judged.is_low then judged.work_code end) as low_works,
        {{ join_texts('case when judged.is_low then judged.work_name end', "'; '", 'judged.work_name') }} as low_work_names
    from judged
    cross join constants
    inner join list_years
        on judged.first_year between list_years.first_year - constants.years and list_years.first_year - 1
    group by judged.school_code, list_years.academic_year
),

-- which schools such a list is not about; a school may fit several patterns
excluded as (
    select
        schools.school_code,
        schools.valid_from,
        min(exclusions.reason_ru) as reason
    from schools
    inner join exclusions
        on
            lower(coalesce(schools.school_kind, '')) like exclusions.pattern
            or lower(coalesce(schools.full_name, '')) like exclusions.pattern
    group by schools.school_code, schools.valid_from
)

select
    listed.school_code,
    listed.academic_year,
    listed.event_date,
    listed.works,
    listed.low_works,
    listed.low_work_names,
    excluded.reason as excluded_reason,
    case
        when excluded.reason is null and listed.works >= constants.min_works then listed.low_works >= constants.min_works
    end as is_low_result
from listed
cross join constants
inner join schools
    on listed.school_code = schools.school_code and listed.event_date between schools.valid_from and schools.valid_to
left join excluded on schools.school_code = excluded.school_code and schools.valid_from = excluded.valid_from
