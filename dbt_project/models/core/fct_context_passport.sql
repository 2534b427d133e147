-- Grain: one row per school code of the file, academic year and figure of its social passport.
-- A share in per cent becomes people by the number of pupils, of the passport or else of the enrolment of that autumn.
with passports as (
    select * from {{ ref('stg_context__value') }}
),

components as (
    select * from {{ ref('dim_context_component') }}
),

enrolment as (
    select * from {{ ref('fct_enrolment') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

dated as (
    select
        *,
        {{ day_of_year('substring(academic_year, 1, 4)', parameter('academic_year_first_day', as_text=true)) }} as event_date
    from passports
),

-- the first count of the autumn is that of the passports; a school counts all its classes on one day
first_counts as (
    select
        reported_school_code,
        academic_year,
        counted_on,
        sum(pupils) as pupils,
        row_number() over (partition by reported_school_code, academic_year order by counted_on) as place
    from enrolment
    group by reported_school_code, academic_year, counted_on
),

pupils as (
    select
        dated.school_code,
        dated.academic_year,
        max(dated.value) as pupils
    from dated
    inner join components on dated.indicator_key = components.indicator_key
    where components.component_code = 'pupils'
    group by dated.school_code, dated.academic_year
),

counted as (
    select
        dated.*,
        components.component_code,
        components.measure,
        components.denominator_code,
        case when components.denominator_code is not null then coalesce(pupils.pupils, first_counts.pupils) end as denominator
    from dated
    left join components on dated.indicator_key = components.indicator_key
    left join pupils on dated.school_code = pupils.school_code and dated.academic_year = pupils.academic_year
    left join first_counts
        on
            dated.school_code = first_counts.reported_school_code
            and dated.academic_year = first_counts.academic_year
            and first_counts.place = 1
),

shared as (
    select
        *,
        case
            when denominator_code is null then null
            when measure = 'per_cent' then value / 100
            else value / nullif(denominator, 0)
        end as share
    from counted
)

select
    shared.school_code as reported_school_code,
    coalesce(attribution.attributed_code, shared.school_code) as school_code,
    shared.academic_year,
    shared.event_date,
    shared.indicator,
    shared.indicator_key,
    shared.value,
    shared.component_code,
    shared.measure,
    -- a part greater than the whole contradicts itself
    case when shared.share between 0 and 1 then shared.share end as share,
    case when shared.share between 0 and 1 then {{ round_to_integer('shared.share * shared.denominator') }} end as people,
    case when shared.share between 0 and 1 then cast(shared.denominator as bigint) end as people_of,
    shared.file_name,
    shared.row_number
from shared
left join attribution
    on
        shared.school_code = attribution.school_code
        and shared.event_date between attribution.valid_from and attribution.valid_to
