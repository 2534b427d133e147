-- Grain: one row per origin, marker, year, class, subject and school: ours where they could be sought, and those of the region's list.
with listed as (
    select *
    from {{ ref('fct_vpr_marker') }}
    where is_marked
),

constants as (
    select
        {{ parameter('obj_stable_years') }} as stable_years,
        {{ parameter('obj_stable_times') }} as stable_times
),

markers as (
    {%- for marker, fact in [
        ('overstated_mean', 'mean'), ('inverted_tasks', 'tasks'), ('boundary_spike', 'boundary'), ('sharp_change', 'change')
    ] %}
    select
        'расчёт' as origin,
        'obj_{{ marker }}' as marker_code,
        academic_year,
        vpr_year,
        event_date,
        grade,
        subject_code,
        school_code,
        participants,
        value,
        ci_low,
        ci_high,
        threshold,
        is_marked,
        cast(null as text) as file_name
    from {{ ref('fct_objectivity_' ~ fact) }}
    union all
    {%- endfor %}
    select
        'список региона' as origin,
        'obj_region_list' as marker_code,
        min(academic_year) as academic_year,
        vpr_year,
        min(event_date) as event_date,
        grade,
        subject_code,
        school_code,
        cast(null as bigint) as participants,
        cast(null as double precision) as value,
        cast(null as double precision) as ci_low,
        cast(null as double precision) as ci_high,
        cast(null as double precision) as threshold,
        true as is_marked,
        max(file_name) as file_name
    from listed
    group by vpr_year, grade, subject_code, school_code
),

repeated as (
    select
        markers.marker_code,
        markers.vpr_year,
        markers.grade,
        markers.subject_code,
        markers.school_code,
        count(distinct earlier.vpr_year) as marked_years
    from markers
    cross join constants
    inner join markers as earlier
        on
            markers.marker_code = earlier.marker_code
            and markers.grade = earlier.grade
            and markers.subject_code = earlier.subject_code
            and markers.school_code = earlier.school_code
            and earlier.is_marked
            and earlier.vpr_year > markers.vpr_year - constants.stable_years
            and markers.vpr_year >= earlier.vpr_year
    group by markers.marker_code, markers.vpr_year, markers.grade, markers.subject_code, markers.school_code
)

select
    markers.origin,
    markers.marker_code,
    markers.academic_year,
    markers.vpr_year,
    markers.event_date,
    markers.grade,
    markers.subject_code,
    markers.school_code,
    markers.participants,
    markers.value,
    markers.ci_low,
    markers.ci_high,
    markers.threshold,
    markers.is_marked,
    cast(coalesce(repeated.marked_years, 0) as bigint) as marked_years,
    markers.is_marked and repeated.marked_years >= constants.stable_times as is_stable,
    markers.file_name
from markers
cross join constants
left join repeated
    on
        markers.marker_code = repeated.marker_code
        and markers.vpr_year = repeated.vpr_year
        and markers.grade = repeated.grade
        and markers.subject_code = repeated.subject_code
        and markers.school_code = repeated.school_code
