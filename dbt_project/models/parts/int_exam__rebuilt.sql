-- Grain: one row per year and subject whose results this run makes anew; where all of them are, one row without year and subject.
-- Rows of protocols came or went; or something else that results are made from changed, and with it nobody knows which of them.
with touched as (
    select * from {{ ref('stg_oko__touched') }}
),

inputs as (
    select * from {{ ref('int_exam__input') }}
),

earlier_inputs as (
    select * from {{ ref('stg_oko__input') }}
),

changed as (
    select count(*) > 0 as is_whole
    from inputs
    left join earlier_inputs on inputs.input = earlier_inputs.input
    where inputs.content <> coalesce(earlier_inputs.content, '')
)

select
    touched.exam_year,
    touched.subject_code
from touched
cross join changed
where not changed.is_whole
union all
select
    cast(null as bigint) as exam_year,
    cast(null as text) as subject_code
from changed
where is_whole
