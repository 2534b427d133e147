-- Grain: one row per membership in the register of experts that counts nowhere on the day of the refresh: nothing says where they work.
with memberships as (
    select * from {{ ref('fct_expert_membership') }}
),

placed as (
    select * from {{ ref('fct_expert_as_of') }}
),

as_of as (
    select as_of_date
    from {{ ref('dim_as_of_date') }}
    where is_run_date
),

region as (
    select * from {{ ref('int_region__resolved') }}
)

select
    'expert_without_place' as rule_code,
    'experts' as source,
    cast(as_of.as_of_date as text) as period,
    region.region_code as entity_code,
    region.region_name as entity_name,
    cast(null as text) as subject_code,
    cast(null as double precision) as value,
    cast(null as double precision) as expected,
    'Эксперт (' || memberships.specialisation || '): нет ни кода ОО, ни ОКТМО, и в сведениях о кадрах его нет' as message_ru,
    memberships.file_name,
    memberships.row_number
from memberships
inner join as_of on as_of.as_of_date between memberships.valid_from and memberships.valid_to
cross join region
left join placed
    on
        memberships.person_id = placed.person_id
        and memberships.specialisation_key = placed.specialisation_key
        and as_of.as_of_date = placed.as_of_date
where placed.person_id is null
