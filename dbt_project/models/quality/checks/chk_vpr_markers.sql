-- Grain: one row per school and year whose markers of ВПР objectivity are another number than the list says.
with bias as (
    select * from {{ ref('stg_vpr__bias_flat') }}
),

markers as (
    select * from {{ ref('fct_vpr_marker') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

counted as (
    select
        vpr_year,
        school_login,
        min(academic_year) as academic_year,
        min(event_date) as event_date,
        min(school_code) as school_code,
        sum(case when is_marked then 1 else 0 end) as markers
    from markers
    group by vpr_year, school_login
)

select
    'vpr_markers_sum' as rule_code,
    'vpr' as source,
    counted.academic_year as period,
    counted.school_code as entity_code,
    coalesce(entities.entity_name, bias.school_login) as entity_name,
    '' as subject_code,
    cast(bias.markers as double precision) as value,
    cast(counted.markers as double precision) as expected,
    coalesce(entities.entity_name, bias.school_login) || ', ' || counted.academic_year || ': количество маркеров в списке '
    || {{ number_ru('bias.markers') }} || ', по предметам ' || {{ number_ru('counted.markers') }} as message_ru,
    bias.file_name,
    bias.row_number
from bias
inner join counted on bias.vpr_year = counted.vpr_year and bias.school_login = counted.school_login
left join entities
    on
        entities.level = 'school'
        and counted.school_code = entities.entity_code
        and counted.event_date between entities.name_from and entities.name_to
where bias.markers <> counted.markers
