-- Grain: one row per origin, marker, year, class, subject and school: found or not, by how much, and what the school says of it.
-- What is measured here is of schools with enough people to look for a marker, and only for those who work in the centre.
with markers as (
    select * from {{ ref('fct_objectivity_marker') }}
),

names as (
    select * from {{ ref('objectivity_markers') }}
),

explanations as (
    select * from {{ ref('fct_explanation') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

membership as (
    select *
    from {{ ref('bridge_membership') }}
    where level = 'municipality'
),

entities as (
    select * from {{ ref('dim_entity') }}
)

select
    markers.academic_year,
    markers.vpr_year,
    markers.subject_code,
    {{ subject_ru('markers.subject_code', 'subjects.subject_name') }} as subject_name,
    markers.grade,
    membership.entity_code as municipality_code,
    municipalities.entity_name as municipality_name,
    markers.school_code,
    schools.entity_name as school_name,
    markers.origin,
    markers.marker_code,
    names.marker_name,
    names.value_name,
    markers.participants,
    markers.value,
    markers.ci_low,
    markers.ci_high,
    markers.threshold,
    case when markers.is_marked then 'есть признак' else 'признака нет' end as marker_status,
    markers.is_marked,
    markers.marked_years,
    case when markers.is_stable then 'стабильно' when markers.is_marked then 'в этом году' end as repetition,
    -- what the school says of this marker; without that, of its markers in general
    coalesce(own.explanation, general.explanation) as school_explanation,
    coalesce(own.explained_on, general.explained_on) as explained_on,
    markers.file_name,
    'internal' as visibility
from markers
left join names on markers.marker_code = names.marker_code
left join subjects on markers.subject_code = subjects.subject_code
left join membership
    on markers.school_code = membership.member_code and markers.event_date between membership.valid_from and membership.valid_to
left join entities as municipalities
    on
        municipalities.level = 'municipality'
        and membership.entity_code = municipalities.entity_code
        and markers.event_date between municipalities.name_from and municipalities.name_to
left join entities as schools
    on
        schools.level = 'school'
        and markers.school_code = schools.entity_code
        and markers.event_date between schools.name_from and schools.name_to
left join explanations as own
    on
        markers.school_code = own.school_code
        and markers.academic_year = own.period
        and markers.marker_code = own.indicator_code
left join explanations as general
    on
        markers.school_code = general.school_code
        and markers.academic_year = general.period
        and general.indicator_code = 'obj_markers_count'
