-- Grain: one row per school and academic year with a social passport: its index of social well-being (ИСБШ).
-- The components in standard deviations between the schools of the region in that year, cut where they are extreme, weighted, and put
-- linearly on 0-100: 50 is a school with the mean of the region in everything.
with passports as (
    select * from {{ ref('fct_context_passport') }}
),

components as (
    select * from {{ ref('context_components') }}
    where weight is not null
),

constants as (
    select
        {{ parameter('isbsh_winsor') }} as winsor,
        cast({{ parameter('isbsh_min_components') }} as decimal(9, 6)) as min_components,
        {{ parameter('shnsu_quantile') }} as shnsu_quantile
),

-- of several wordings of one component, people counted before per cent; the school's own passport before one of who became it
worded as (
    select
        *,
        row_number() over (
            partition by school_code, academic_year, component_code
            order by case when reported_school_code = school_code then 1 else 2 end, measure, indicator_key, reported_school_code
        ) as place
    from passports
    where share is not null
),

measured as (
    select
        worded.school_code,
        worded.academic_year,
        worded.event_date,
        worded.component_code,
        worded.share,
        components.sign,
        components.weight,
        avg(worded.share) over (partition by worded.academic_year, worded.component_code) as mean_share,
        stddev_pop(worded.share) over (partition by worded.academic_year, worded.component_code) as deviation,
        min(worded.share) over (partition by worded.academic_year, worded.component_code) as least_share,
        max(worded.share) over (partition by worded.academic_year, worded.component_code) as greatest_share
    from worded
    inner join components on worded.component_code = components.component_code
    where worded.place = 1
),

-- where all schools are the same a component tells nothing
standardised as (
    select
        measured.*,
        case
            when measured.greatest_share > measured.least_share
                then
                    greatest(
                        -constants.winsor, least(constants.winsor, (measured.share - measured.mean_share) / measured.deviation)
                    )
        end as z
    from measured
    cross join constants
),

years as (
    select distinct academic_year
    from measured
),

collected as (
    select distinct
        academic_year,
        component_code
    from measured
),

-- a component that may be left out is asked for where the region collects it
asked as (
    select
        years.academic_year,
        count(*) as components
    from years
    cross join components
    left join collected
        on years.academic_year = collected.academic_year and components.component_code = collected.component_code
    where not components.is_optional or collected.component_code is not null
    group by years.academic_year
),

summed as (
    select
        standardised.school_code,
        standardised.academic_year,
        min(standardised.event_date) as event_date,
        count(standardised.z) as components,
        sum(standardised.sign * standardised.weight * standardised.z)
        / nullif(sum(case when standardised.z is not null then standardised.weight end), 0) as weighted_z
    from standardised
    group by standardised.school_code, standardised.academic_year
),

scaled as (
    select
        summed.school_code,
        summed.academic_year,
        summed.event_date,
        summed.components,
        asked.components as asked_components,
        case
            when summed.components >= constants.min_components * asked.components
                then (summed.weighted_z + constants.winsor) / (2 * constants.winsor) * 100
        end as isbsh
    from summed
    inner join asked on summed.academic_year = asked.academic_year
    cross join constants
),

placed as (
    select
        school_code,
        academic_year,
        isbsh,
        cume_dist() over (partition by academic_year order by isbsh) as place
    from scaled
    where isbsh is not null
),

cut_offs as (
    select
        placed.academic_year,
        min(placed.isbsh) as shnsu_isbsh
    from placed
    cross join constants
    where placed.place >= constants.shnsu_quantile
    group by placed.academic_year
)

select
    scaled.school_code,
    scaled.academic_year,
    {{ period_day('scaled.academic_year', "'academic_year'") }} as event_date,
    scaled.components,
    scaled.asked_components,
    scaled.isbsh,
    scaled.isbsh <= cut_offs.shnsu_isbsh as is_shnsu
from scaled
left join cut_offs on scaled.academic_year = cut_offs.academic_year
