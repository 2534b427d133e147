-- Grain: one row per finding of a rule of data quality; findings never stop a publication.
with found_in_files as (
    select * from {{ ref('stg_oko__finding') }}
),

rules as (
    select * from {{ ref('rules') }}
),

found_in_tables as (
    {%- for check in [
        'chk_ege_form', 'chk_ege_protocol_form', 'chk_vpr', 'chk_vpr_scores', 'chk_vpr_tasks', 'chk_vpr_markers',
        'chk_exam_tasks', 'chk_exam_scales', 'chk_registers', 'chk_provisional', 'chk_oktmo', 'chk_incentives',
        'chk_management', 'chk_surveys', 'chk_site_checks', 'chk_certificates', 'chk_experts', 'chk_olympiads',
        'chk_monitoring', 'chk_context',
        'chk_volumes', 'chk_vpr_marks', 'chk_people', 'chk_school_logins', 'chk_indicators',
        'chk_changes'
    ] %}
    select
        rule_code,
        source,
        period,
        entity_code,
        entity_name,
        subject_code,
        value,
        expected,
        message_ru,
        file_name,
        row_number
    from {{ ref(check) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

found as (
    select
        found_in_tables.rule_code,
        rules.severity,
        found_in_tables.source,
        found_in_tables.period,
        found_in_tables.entity_code,
        found_in_tables.entity_name,
        found_in_tables.subject_code,
        found_in_tables.value,
        found_in_tables.expected,
        found_in_tables.message_ru,
        rules.what_to_do_ru,
        found_in_tables.file_name,
        found_in_tables.row_number
    from found_in_tables
    inner join rules on found_in_tables.rule_code = rules.rule_code
    union all
    select
        found_in_files.rule_code,
        found_in_files.severity,
        found_in_files.source_name as source,
        cast(null as text) as period,
        cast(null as text) as entity_code,
        cast(null as text) as entity_name,
        cast(null as text) as subject_code,
        cast(null as double precision) as value,
        cast(null as double precision) as expected,
        found_in_files.message_ru,
        rules.what_to_do_ru,
        found_in_files.file_name,
        found_in_files.row_number
    from found_in_files
    left join rules on found_in_files.rule_code = rules.rule_code
),

sources as (
    select * from {{ ref('stg_oko__source') }}
)

select
    found.rule_code,
    found.severity,
    found.source,
    sources.source_title,
    found.period,
    found.entity_code,
    found.entity_name,
    found.subject_code,
    found.value,
    found.expected,
    found.message_ru,
    found.what_to_do_ru,
    found.file_name,
    found.row_number
from found
left join sources on found.source = sources.source_name
