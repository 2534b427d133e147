-- Grain: one row per network node there is on the day of the refresh, with the centres above it and its latest key figures.
-- Of a КЦ or УМЦ the figures are those of all its schools, of an ОО those of its own school.
{% set figures = {
    'uko_self_assessment_level': 'self_level', 'uko_audit_level': 'audit_level', 'capa_on_time': 'capa_on_time',
    'leaders_pd_uko_share': 'leaders_pd', 'site_openness_index': 'openness', 'cert_active_count': 'certified_schools',
    'ege_pass_share_mandatory': 'ege_pass', 'staff_cat_high': 'staff_cat_high', 'project_approach': 'project_approach',
} %}
with nodes as (
    select * from {{ ref('dim_network_node') }}
),

edges as (
    select * from {{ ref('bridge_network_edge') }}
),

dates as (
    select * from {{ ref('dim_as_of_date') }}
),

entities as (
    select * from {{ ref('dim_entity') }}
),

measured as (
    select * from {{ ref('marts__indicator_values') }}
),

there as (
    select
        nodes.*,
        dates.as_of_date,
        case nodes.role when 'КЦ' then 'kc' when 'УМЦ' then 'umc' else 'school' end as level,
        case when nodes.role in ('КЦ', 'УМЦ') then nodes.node_code else nodes.school_code end as entity_code
    from nodes
    inner join dates on dates.as_of_date between nodes.valid_from and nodes.valid_to
    where dates.is_run_date
),

above as (
    select
        edges.node_code,
        max(case when edges.upper_role = 'КЦ' then edges.upper_code end) as kc_code,
        max(case when edges.upper_role = 'УМЦ' then edges.upper_code end) as umc_code
    from edges
    inner join dates on dates.as_of_date between edges.valid_from and edges.valid_to
    where dates.is_run_date
    group by edges.node_code
),

below as (
    select
        edges.upper_code,
        count(distinct edges.school_code) as schools
    from edges
    inner join dates on dates.as_of_date between edges.valid_from and edges.valid_to
    where dates.is_run_date
    group by edges.upper_code
),

latest as (
    select
        *,
        row_number() over (partition by indicator_code, level, entity_code order by period desc) as place
    from measured
    where
        level in ('kc', 'umc', 'school')
        and subject_code = ''
        and breakdown = ''
        and indicator_code in ('{{ figures.keys() | join("', '") }}')
),

wide as (
    select
        level,
        entity_code,
        {%- for code, column in figures.items() %}
        max(case when indicator_code = '{{ code }}' then value end) as {{ column }},
        max(case when indicator_code = '{{ code }}' then n end) as {{ column }}_n,
        max(case when indicator_code = '{{ code }}' then period end) as {{ column }}_period
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from latest
    where place = 1
    group by level, entity_code
)

select
    there.node_code,
    there.role,
    there.school_code,
    entities.entity_name as school_name,
    there.parent_code,
    above.umc_code,
    above.kc_code,
    there.valid_from,
    coalesce(below.schools, 0) as schools,
    {%- for column in figures.values() %}
    wide.{{ column }},
    wide.{{ column }}_n,
    wide.{{ column }}_period
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
from there
left join above on there.node_code = above.node_code
left join below on there.node_code = below.upper_code
left join wide on there.level = wide.level and there.entity_code = wide.entity_code
left join entities
    on
        entities.level = 'school'
        and there.school_code = entities.entity_code
        and there.as_of_date between entities.name_from and entities.name_to
