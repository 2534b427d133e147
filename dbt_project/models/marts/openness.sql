-- Grain: one row per school and day of the check of its site.
with scores as (
    select * from {{ ref('openness_criteria') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

judged as (
    select
        *,
        case when score = 0 then coalesce(criterion_name, criterion_code) end as empty_criterion
    from scores
),

checks as (
    select
        school_code,
        school_name,
        school_title,
        check_date,
        100 * sum(score) / nullif(sum(max_score), 0) as index_value,
        100 * sum(case when is_quality_information then score end)
        / nullif(sum(case when is_quality_information then max_score end), 0) as quality_index_value,
        count(score) as applicable_criteria,
        count(*) - count(score) as inapplicable_criteria,
        sum(case when score = max_score then 1 else 0 end) as full_criteria,
        {{ join_texts('empty_criterion', "'; '", byte_order('criterion_code')) }} as empty_criteria
    from judged
    group by school_code, school_name, school_title, check_date
)

select
    membership.entity_code as municipality_code,
    entities.entity_name as municipality_name,
    checks.school_code,
    checks.school_name,
    checks.school_title,
    checks.check_date,
    row_number() over (partition by checks.school_code order by checks.check_date desc) = 1 as is_latest,
    checks.index_value,
    checks.quality_index_value,
    checks.applicable_criteria,
    checks.inapplicable_criteria,
    cast(checks.full_criteria as bigint) as full_criteria,
    checks.empty_criteria
from checks
left join membership
    on
        membership.level = 'municipality'
        and checks.school_code = membership.member_code
        and checks.check_date between membership.valid_from and membership.valid_to
left join entities
    on
        membership.level = entities.level
        and membership.entity_code = entities.entity_code
        and checks.check_date between entities.name_from and entities.name_to
