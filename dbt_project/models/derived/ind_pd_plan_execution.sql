-- Grain: one row per calendar year in which planned courses have ended; the region alone, since plans seldom name a municipality.
with plans as (
    select * from {{ ref('fct_planned_course') }}
),

completions as (
    select * from {{ ref('fct_pd_completion') }}
),

as_of as (
    select as_of_date
    from {{ ref('dim_as_of_date') }}
    where is_run_date
),

region as (
    select distinct entity_code
    from {{ ref('dim_entity') }}
    where level = 'region'
),

-- one course, however many categories of listeners it is planned for
courses as (
    select
        programme_key,
        start_date,
        max(coalesce(end_date, start_date)) as end_date,
        sum(planned_people) as planned_people
    from plans
    group by programme_key, start_date
    having sum(planned_people) > 0
),

due as (
    select courses.*
    from courses
    inner join as_of on courses.end_date <= as_of.as_of_date
),

-- a document belongs to the course of its programme that began last before it
ranked as (
    select
        due.programme_key,
        due.start_date,
        completions.document_id,
        row_number() over (partition by completions.document_id order by due.start_date desc) as place
    from due
    inner join completions
        on
            due.programme_key = completions.programme_key
            and due.start_date <= completions.issue_date
            and {{ add_days('due.end_date', parameter('pd_plan_days')) }} >= completions.issue_date
),

issued as (
    select
        programme_key,
        start_date,
        count(*) as documents
    from ranked
    where place = 1
    group by programme_key, start_date
),

-- more documents than planned do not make up for another course
executed as (
    select
        {{ year_of('due.start_date') }} as start_year,
        due.planned_people,
        least(coalesce(issued.documents, 0), due.planned_people) as taught_people
    from due
    left join issued on due.programme_key = issued.programme_key and due.start_date = issued.start_date
)

select
    cast(executed.start_year as text) as period,
    'region' as level,
    region.entity_code,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(sum(executed.taught_people) as double precision) as numerator,
    cast(sum(executed.planned_people) as double precision) as denominator,
    cast(sum(executed.taught_people) as double precision) / cast(sum(executed.planned_people) as double precision) as value,
    cast(sum(executed.planned_people) as bigint) as n,
    cast(null as bigint) as n_other,
    cast(null as double precision) as ci_low,
    cast(null as double precision) as ci_high
from executed
cross join region
group by executed.start_year, region.entity_code
