-- Grain: one row per procedure, year, subject and kind of threshold.
-- The region's table of a procedure and year is taken whole: the seed fills only years for which the region loaded none,
-- or a threshold that the region left out on purpose would come back and contradict it.
with loaded as (
    select * from {{ ref('stg_thresholds__threshold') }}
),

defaults as (
    select * from {{ ref('default_thresholds') }}
),

results as (
    select * from {{ ref('stg_ege__result') }}
),

examined as (
    select distinct
        'ЕГЭ' as procedure_name,
        exam_year
    from results
),

loaded_years as (
    select distinct
        procedure_name,
        threshold_year
    from loaded
)

select
    procedure_name,
    threshold_year,
    subject_code,
    threshold_kind,
    threshold_value,
    false as is_default,
    basis
from loaded
union all
select
    defaults.procedure_name,
    examined.exam_year as threshold_year,
    defaults.subject_code,
    defaults.threshold_kind,
    cast(defaults.value as double precision) as threshold_value,
    true as is_default,
    'значение по умолчанию (' || defaults.evidence || ')' as basis
from defaults
inner join examined
    on
        defaults.procedure_name = examined.procedure_name
        and examined.exam_year between defaults.year_from and defaults.year_to
left join loaded_years
    on defaults.procedure_name = loaded_years.procedure_name and examined.exam_year = loaded_years.threshold_year
where loaded_years.threshold_year is null
