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
    {{ vpr_placed('schools') }}
),

individual_cells as (
    select distinct
        vpr_year,
        grade,
        subject_code,
        school_code
    from individual
    where mark is not null and journal_mark is not null
)

select
    placed.academic_year,
    placed.vpr_year,
    placed.event_date,
    placed.grade,
    placed.subject_code,
    placed.school_login,
    placed.school_code,
    placed.participants,
    placed.lowered,
    placed.confirmed,
    placed.raised,
    individual_cells.school_code is null as is_counted
from placed
left join individual_cells
    on
        placed.vpr_year = individual_cells.vpr_year
        and placed.grade = individual_cells.grade
        and placed.subject_code = individual_cells.subject_code
        and placed.school_code = individual_cells.school_code
