-- Grain: one row per member, level and entity to which it, or the school that stands for it, belongs on the day of the refresh.
with membership as (
    select * from {{ ref('bridge_membership') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

members as (
    select distinct member_code
    from membership
),

standing as (
    select
        members.member_code,
        coalesce(attribution.attributed_code, members.member_code) as standing_code,
        region.as_of
    from members
    cross join region
    left join attribution
        on members.member_code = attribution.school_code and region.as_of between attribution.valid_from and attribution.valid_to
)

select
    standing.member_code,
    membership.level,
    membership.entity_code
from standing
inner join membership
    on
        standing.standing_code = membership.member_code
        and standing.as_of between membership.valid_from and membership.valid_to
