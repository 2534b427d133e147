-- Grain: one row per year and school login of the region's list of markers.
with source as (
    select * from {{ current_rows('vpr_bias_flat') }} as rows_that_count
)

select
    year as vpr_year,
    school_login,
    marker_4_russian,
    marker_4_maths,
    marker_5_russian,
    marker_5_maths,
    markers,
    file_name,
    row_number
from source
