-- Grain: one row per indicator: how fresh the files are whose rows stand behind it.
with files as (
    select * from {{ ref('stg_oko__file') }}
),

fact_files as (
    {%- for fact in dated_facts() %}
    select distinct
        '{{ fact }}' as fact_name,
        file_name
    from {{ ref(fact) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
),

indicator_facts as (
    {%- for basis in indicator_bases() %}
    {%- set outer = loop -%}
    {%- for fact in basis.dated_facts %}
    select
        '{{ basis.code }}' as indicator_code,
        '{{ fact }}' as fact_name
    {%- if not (outer.last and loop.last) %}
    union all
    {%- endif -%}
    {%- endfor -%}
    {%- endfor %}
)

select
    indicator_facts.indicator_code,
    count(distinct fact_files.file_name) as files,
    max(files.modified_at) as last_modified_at
from indicator_facts
left join fact_files on indicator_facts.fact_name = fact_files.fact_name
left join files on fact_files.file_name = files.file_name
group by indicator_facts.indicator_code
