-- Grain: one row per academic year, procedure and level: what the register of procedures has planned.
with procedures as (
    select * from {{ ref('stg_procedures__procedure') }}
)

select
    academic_year,
    procedure as procedure_name,
    level as procedure_level,
    classes,
    subjects,
    data_source,
    basis,
    file_name,
    row_number
from procedures
