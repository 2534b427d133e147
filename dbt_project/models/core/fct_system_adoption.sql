-- Grain: one row per information system, school of the file and last day of a month.
with months as (
    select * from {{ ref('stg_system_adoption__month') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
)

select
    months.system_key,
    -- one name for all spellings of it, the last that was written
    first_value(months.system) over (
        partition by months.system_key
        order by months.snapshot_date desc, {{ byte_order('months.system') }} desc
    ) as system_name,
    months.school_code as reported_school_code,
    coalesce(attribution.attributed_code, months.school_code) as school_code,
    months.snapshot_date,
    months.users,
    months.operations,
    months.file_name,
    months.row_number
from months
left join attribution
    on
        months.school_code = attribution.school_code
        and months.snapshot_date between attribution.valid_from and attribution.valid_to
