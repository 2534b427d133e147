-- Grain: one row per source, what of it is counted, period and municipality.
-- Expected is every school valid on the day of the period, but not one whose enrolment of that academic year has nobody of the classes.
with counted as (
    select * from {{ ref('source_rows') }}
),

schools as (
    select * from {{ ref('dim_school') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

enrolment as (
    select * from {{ ref('stg_enrolment__count') }}
),

grades as (
    select * from {{ ref('coverage_grades') }}
),

-- sources whose rows name schools
periods as (
    select
        source,
        content,
        period_kind,
        period,
        {{ period_day('period', 'period_kind') }} as period_day
    from counted
    group by source, content, period_kind, period
    having max(school_code) <> ''
),

enrolled as (
    select
        school_code,
        grade,
        pupils,
        {{ academic_year('counted_on') }} as academic_year
    from enrolment
),

counted_schools as (
    select distinct
        school_code,
        academic_year
    from enrolled
),

taught as (
    select distinct
        grades.source,
        enrolled.school_code,
        enrolled.academic_year
    from enrolled
    inner join grades on cast({{ leading_integer('enrolled.grade') }} as text) = grades.grade
    where enrolled.pupils > 0
),

graded_sources as (
    select distinct source
    from grades
),

expected as (
    select
        periods.source,
        periods.content,
        periods.period,
        periods.period_day,
        schools.school_code
    from periods
    inner join schools on periods.period_day between schools.valid_from and schools.valid_to
    left join graded_sources on periods.source = graded_sources.source
    left join counted_schools
        on
            schools.school_code = counted_schools.school_code
            and {{ academic_year('periods.period_day') }} = counted_schools.academic_year
    left join taught
        on
            periods.source = taught.source
            and schools.school_code = taught.school_code
            and {{ academic_year('periods.period_day') }} = taught.academic_year
    where graded_sources.source is null or counted_schools.school_code is null or taught.school_code is not null
),

judged as (
    select
        expected.source,
        expected.content,
        expected.period,
        expected.period_day,
        membership.entity_code as municipality_code,
        counted.school_code is not null as is_present
    from expected
    inner join membership
        on
            membership.level = 'municipality'
            and expected.school_code = membership.member_code
            and expected.period_day between membership.valid_from and membership.valid_to
    left join counted
        on
            expected.source = counted.source
            and expected.content = counted.content
            and expected.period = counted.period
            and expected.school_code = counted.school_code
),

summed as (
    select
        source,
        content,
        period,
        period_day,
        municipality_code,
        count(*) as schools_expected,
        sum(case when is_present then 1 else 0 end) as schools_present
    from judged
    group by source, content, period, period_day, municipality_code
)

select
    summed.source,
    summed.content,
    summed.period,
    summed.municipality_code,
    entities.entity_name as municipality_name,
    summed.schools_expected,
    cast(summed.schools_present as bigint) as schools_present,
    cast(summed.schools_present as double precision) / summed.schools_expected as share
from summed
left join entities
    on
        entities.level = 'municipality'
        and summed.municipality_code = entities.entity_code
        and summed.period_day between entities.name_from and entities.name_to
