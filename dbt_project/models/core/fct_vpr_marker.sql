-- Grain: one row per year, class, subject and school login of the region's list of markers of ВПР objectivity.
with bias as (
    select * from {{ ref('stg_vpr__bias_flat') }}
),

markers as (
    {%- for column, grade, subject_code in [
        ('marker_4_russian', '4', '1'), ('marker_4_maths', '4', '2'), ('marker_5_russian', '5', '1'), ('marker_5_maths', '5', '2')
    ] %}
    select
        vpr_year,
        '{{ grade }}' as grade,
        '{{ subject_code }}' as subject_code,
        school_login,
        cast(null as date) as procedure_date,
        {{ column }} = 1 as is_marked,
        file_name,
        row_number
    from bias
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

placed as (
    {{ vpr_placed('markers') }}
)

select
    academic_year,
    vpr_year,
    event_date,
    grade,
    subject_code,
    school_login,
    school_code,
    is_marked,
    file_name,
    row_number
from placed
