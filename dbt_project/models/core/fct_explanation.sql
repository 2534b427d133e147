-- Grain: one row per school, period and indicator: what the school itself says of its value.
-- The code stays as written: an explanation belongs to the row of the indicator that it names.
with explanations as (
    select * from {{ ref('stg_explanations__explanation') }}
)

select
    school_code,
    period,
    indicator_code,
    explanation,
    explained_on,
    file_name,
    row_number
from explanations
