-- Grain: one row per as-of date and КЦ or УМЦ there is on it, once the register of documents has begun.
with dates as (
    select * from {{ ref('dim_as_of_date') }}
),

nodes as (
    select * from {{ ref('dim_network_node') }}
),

statuses as (
    select * from {{ ref('fct_document_status') }}
),

node_schools as (
    select * from {{ ref('bridge_node_school') }}
),

-- the model of a node, as far as it has come by the date: approved and tried out, and not withdrawn since
models as (
    select
        dates.as_of_date,
        statuses.document_code,
        statuses.document_version,
        coalesce(statuses.node_code, nodes.node_code) as node_code,
        max(case when statuses.status = 'утверждён' then statuses.status_date end) as approved_on,
        max(case when statuses.status = 'апробирован' then statuses.status_date end) as tried_on,
        max(case when statuses.status = 'отменён' then statuses.status_date end) as withdrawn_on
    from dates
    inner join statuses on dates.as_of_date >= statuses.status_date
    left join nodes
        on
            statuses.node_code is null
            and statuses.school_code = nodes.school_code
            and nodes.role in ('КЦ', 'УМЦ')
            and dates.as_of_date between nodes.valid_from and nodes.valid_to
    where statuses.kind = 'модель'
    group by dates.as_of_date, statuses.document_code, statuses.document_version, coalesce(statuses.node_code, nodes.node_code)
),

ready as (
    select distinct
        as_of_date,
        node_code
    from models
    where
        approved_on is not null
        and tried_on is not null
        and (withdrawn_on is null or withdrawn_on < approved_on)
)

select
    nodes.node_code as unit_id,
    cast(1 as bigint) as units,
    node_schools.school_code as member_code,
    '' as class_name,
    dates.as_of_date as event_date,
    cast(dates.as_of_date as text) as period,
    '' as subject_code,
    '' as grade,
    '' as breakdown,
    cast(case when ready.node_code is null then 0 else 1 end as double precision) as numerator,
    cast(1 as double precision) as denominator,
    cast(null as double precision) as sum_squares
from dates
inner join nodes on dates.as_of_date between nodes.valid_from and nodes.valid_to and nodes.role in ('КЦ', 'УМЦ')
inner join node_schools
    on nodes.node_code = node_schools.node_code and dates.as_of_date between node_schools.valid_from and node_schools.valid_to
left join ready on dates.as_of_date = ready.as_of_date and nodes.node_code = ready.node_code
where dates.as_of_date >= (select min(statuses.status_date) from statuses)
