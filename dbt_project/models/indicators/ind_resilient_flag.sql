-- Grain: one row per school in unfavourable conditions and academic year with measured results.
-- Resilient: its results, each work in standard deviations of the region, are among the highest of all schools, and none has a marker.
with social as (
    select * from {{ ref('fct_social_index') }}
),

results as (
    select * from {{ ref('fct_school_result') }}
),

constants as (
    select
        {{ parameter('resilient_min_participants') }} as min_participants,
        {{ parameter('resilient_quantile') }} as quantile
),

standings as (
    select
        results.school_code,
        results.academic_year,
        avg(results.z) as mean_z,
        bool_or(results.has_marker) as has_marker
    from results
    cross join constants
    where results.scored >= constants.min_participants and results.z is not null
    group by results.school_code, results.academic_year
),

placed as (
    select
        *,
        cume_dist() over (partition by academic_year order by mean_z) as place
    from standings
),

cut_offs as (
    select
        placed.academic_year,
        min(placed.mean_z) as high_z
    from placed
    cross join constants
    where placed.place >= constants.quantile
    group by placed.academic_year
)

select
    social.academic_year || '/' || social.school_code as unit_id,
    cast(1 as bigint) as units,
    social.school_code as member_code,
    '' as class_name,
    social.event_date,
    social.academic_year as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when standings.mean_z >= cut_offs.high_z and not standings.has_marker then 1 else 0 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from social
inner join standings on social.school_code = standings.school_code and social.academic_year = standings.academic_year
inner join cut_offs on social.academic_year = cut_offs.academic_year
where social.is_shnsu
