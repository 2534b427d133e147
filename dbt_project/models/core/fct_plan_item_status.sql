-- Grain: one row per item of a plan, as it stands now.
with items as (
    select * from {{ ref('stg_plan_items__item') }}
),

states as (
    select * from {{ ref('plan_item_statuses') }}
),

told as (
    select
        items.*,
        case
            when states.state = 'отменено' then 'отменено'
            when states.state = 'выполнено' or items.done_date is not null then 'выполнено'
            else 'не выполнено'
        end as state,
        items.status is not null and states.state is null as is_status_unknown
    from items
    left join states on lower(trim(items.status)) = states.status
)

select
    plan,
    coalesce(section, '') as section,
    coalesce(number, '') as number,
    activity,
    status as status_as_written,
    state,
    is_status_unknown,
    done_date,
    -- a plan in which nothing is marked is a plan without a record of its execution, not one that nobody carried out
    count(coalesce(status, cast(done_date as text))) over (partition by plan) > 0 as is_tracked,
    file_name,
    row_number
from told
