-- Grain: one row per who reports (a school or a municipality), day and age.
with snapshots as (
    select * from {{ ref('stg_extra_education__snapshot') }}
),

oktmo_municipality as (
    select * from {{ ref('int_oktmo__municipality') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

placed as (
    select
        snapshots.snapshot_date,
        {{ academic_year('snapshots.snapshot_date') }} as academic_year,
        case when snapshots.school_code is null then 'municipality' else 'school' end as level,
        coalesce(snapshots.school_code, snapshots.oktmo) as reported_code,
        coalesce(attribution.attributed_code, snapshots.school_code) as school_code,
        case when snapshots.school_code is null then oktmo_municipality.municipality_code end as municipality_code,
        snapshots.age,
        snapshots.children,
        snapshots.covered,
        snapshots.file_name,
        snapshots.row_number
    from snapshots
    left join oktmo_municipality
        on
            snapshots.oktmo = oktmo_municipality.oktmo
            and snapshots.snapshot_date between oktmo_municipality.valid_from and oktmo_municipality.valid_to
    left join attribution
        on
            snapshots.school_code = attribution.school_code
            and snapshots.snapshot_date between attribution.valid_from and attribution.valid_to
),

-- a school that stands in the files with and without its municipality is there once
once as (
    select
        *,
        row_number() over (
            partition by level, reported_code, snapshot_date, age order by {{ byte_order('file_name') }} desc, row_number desc
        ) as place
    from placed
),

-- a municipality that became an округ may report a day under both codes: the greater one counts
ranked as (
    select
        *,
        dense_rank() over (
            partition by academic_year, level, coalesce(municipality_code, reported_code)
            order by snapshot_date desc, reported_code desc
        ) as place_from_last,
        bool_or(age is null) over (partition by level, reported_code, snapshot_date) as has_total
    from once
    where place = 1
)

select
    level,
    reported_code,
    snapshot_date,
    coalesce(cast(age as text), '') as age,
    academic_year,
    school_code,
    municipality_code,
    children,
    covered,
    place_from_last = 1 as is_latest,
    -- the ages are added up only where nobody has done it
    place_from_last = 1
    and case
        when age is null then true
        when has_total then false
        else age between {{ parameter('extra_education_youngest') }} and {{ parameter('extra_education_oldest') }}
    end as is_counted,
    file_name,
    row_number
from ranked
