-- Grain: one row per year, class, subject and school login of the ВПР comparison with marks of the journal.
with report as (
    select * from {{ ref('stg_vpr__journal') }}
),

individual as (
    select * from {{ ref('fct_vpr_result') }}
),

schools as (
    select *
    from report
    where school_login is not null
),

placed as (
    {{ vpr_placed_beside('schools', 'individual', 'mark is not null and journal_mark is not null') }}
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_login,
    school_code,
    participants,
    lowered,
    confirmed,
    raised,
    is_counted,
    file_name,
    row_number
from placed
