-- Grain: one row per certificate of accreditation in the open register.
with certificates as (
    select * from {{ ref('stg_accreditation__certificate') }}
),

identifiers as (
    select * from {{ ref('int_school__identifier') }}
),

-- a branch has the ИНН of its head organisation: ОГРН first
found as (
    select
        certificates.certificate_id,
        identifiers.school_code,
        row_number() over (
            partition by certificates.certificate_id
            order by identifiers.identifier desc, identifiers.valid_to desc
        ) as place
    from certificates
    inner join identifiers on identifiers.identifier in ('ogrn:' || certificates.ogrn, 'inn:' || certificates.inn)
)

select
    certificates.certificate_id,
    found.school_code,
    certificates.organisation_name,
    certificates.inn,
    certificates.ogrn,
    certificates.region_code,
    certificates.registration_number,
    certificates.certificate_type,
    certificates.status,
    certificates.issue_date,
    certificates.end_date
from certificates
left join found on certificates.certificate_id = found.certificate_id and found.place = 1
