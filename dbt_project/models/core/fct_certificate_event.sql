-- Grain: one row per certificate (number and date of registration), status and date of the status.
with events as (
    select * from {{ ref('stg_certificates__event') }}
),

statuses as (
    select * from {{ ref('certificate_statuses') }}
),

standards as (
    select * from {{ ref('quality_standards') }}
),

schools as (
    select distinct school_code
    from {{ ref('dim_school') }}
),

identifiers as (
    select * from {{ ref('int_school__identifier') }}
),

-- the standard's number alone, since its name comes in many spellings
quality as (
    select distinct events.standard
    from events
    inner join standards
        on ' ' || regexp_replace(events.standard, '[^0-9]+', ' ', 'g') || ' ' like '% ' || standards.standard_number || ' %'
)

select
    events.certificate_number,
    events.registration_date,
    events.status,
    events.status_date,
    coalesce(schools.school_code, identifiers.school_code) as school_code,
    events.holder,
    events.standard,
    quality.standard is not null as is_quality_standard,
    events.scope,
    events.certification_body,
    events.valid_from,
    events.valid_to,
    cast(statuses.same_day_rank as bigint) as same_day_rank,
    coalesce(statuses.is_active, false) as is_active_status,
    events.file_name,
    events.row_number
from events
left join schools on events.school_code = schools.school_code
left join identifiers
    on
        'inn:' || events.holder_inn = identifiers.identifier
        and events.status_date between identifiers.valid_from and identifiers.valid_to
left join statuses on events.status = statuses.status
left join quality on events.standard = quality.standard
