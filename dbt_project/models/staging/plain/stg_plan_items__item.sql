-- Grain: one row per plan, section, number and activity.
{# This model is made by `make generate` from ingest/sources; edit that instead, or write a model of its own one folder up. #}
with source as (
    select * from {{ current_rows('plan_items') }} as rows_that_count
)

select
    plan,
    number,
    section,
    activity,
    due,
    term,
    plan_years,
    section_years,
    performers,
    co_performers,
    participants,
    place,
    owner_code,
    expected_result,
    status,
    done_date,
    file_name,
    row_number
from source
