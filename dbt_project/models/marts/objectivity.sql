-- Grain: one row per origin, marker, year, class, subject and school: found or not, by how much, and what the school says of it.
-- What is measured here is of schools with enough people to look for a marker, and only for those who work in the centre.
with markers as (
    select
        *,
        event_date as name_day
    from {{ ref('fct_objectivity_marker') }}
),

placed as (
    {{ school_placed('markers') }}
),

names as (
    select * from {{ ref('objectivity_markers') }}
),

explanations as (
    select * from {{ ref('fct_explanation') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
)

select
    placed.academic_year,
    placed.vpr_year,
    placed.subject_code,
    {{ subject_ru('placed.subject_code', 'subjects.subject_name') }} as subject_name,
    placed.grade,
    placed.municipality_code,
    placed.municipality_name,
    placed.school_code,
    placed.school_name,
    placed.school_title,
    placed.origin,
    placed.marker_code,
    names.marker_name,
    names.value_name,
    placed.participants,
    placed.value,
    placed.ci_low,
    placed.ci_high,
    placed.threshold,
    case when placed.is_marked then 'есть признак' else 'признака нет' end as marker_status,
    placed.is_marked,
    placed.marked_years,
    case when placed.is_stable then 'стабильно' when placed.is_marked then 'в этом году' end as repetition,
    -- what the school says of this marker; without that, of its markers in general
    coalesce(own.explanation, general.explanation) as school_explanation,
    coalesce(own.explained_on, general.explained_on) as explained_on,
    placed.file_name,
    'internal' as visibility
from placed
left join names on placed.marker_code = names.marker_code
left join subjects on placed.subject_code = subjects.subject_code
left join explanations as own
    on
        placed.school_code = own.school_code
        and placed.academic_year = own.period
        and placed.marker_code = own.indicator_code
left join explanations as general
    on
        placed.school_code = general.school_code
        and placed.academic_year = general.period
        and general.indicator_code = 'obj_markers_count'
