{# A night counts anew only what a file changed. Results of exams fall into parts, a year and a subject each; int_exam__rebuilt says which
   of them are made anew. A model of exams keeps the other parts of its table: it is `incremental` with the strategy `append`, its pre-hook
   forgets the parts that are made anew, and its import CTEs read no others. In a whole build all of this renders to plain relations. #}

{# The pre-hook of a model of exams. `year` and `subject`: its columns that say the part, year as a number or as a period; a model that
   counts over subjects names the year alone. `later`: how many years after are made anew too, being compared with it. #}
{% macro forget_rebuilt(year, subject=none, later=0) -%}
    {{ forget_rows(is_rebuilt(year, subject, later)) }}
{%- endmacro %}

{# The rows of a relation that are made anew, to stand behind `from`. #}
{% macro rebuilt(relation, year, subject=none) -%}
    {{ rows_of(relation, is_rebuilt(year, subject)) }}
{%- endmacro %}

{# The same of results: those of exams by part, with the year after, which is compared with it; of other indicators everything.
   `earlier`: how many years before them are read besides; `kind` names the column that tells exams apart, the code of the indicator or
   the family of indicators. #}
{% macro forget_rebuilt_results(kind='indicator_code') %}{{ forget_rows(is_rebuilt_result(kind)) }}{% endmacro %}
{% macro rebuilt_results(relation, kind='indicator_code', earlier=0) -%}
    {{ rows_of(relation, is_rebuilt_result(kind, earlier)) }}
{%- endmacro %}

{# What of the rows read is the run's to write, where more were read. #}
{% macro of_rebuilt_results(row) %}{{ is_rebuilt_result(row ~ '.indicator_code', 0, row ~ '.') }}{% endmacro %}

{# Whether the model's table stands from an earlier build and is kept; a unit test has no table. #}
{% macro goes_on() %}{{ return(this is not none and is_incremental()) }}{% endmacro %}

{% macro forget_rows(condition) -%}
    {#- a hook is where dbt learns what comes before the model: the model itself says nothing of it in a whole build -#}
    {%- set before = ref('int_exam__rebuilt') -%}
    {%- if goes_on() -%}delete from {{ this }} where {{ condition }}{%- endif -%}
{%- endmacro %}

{% macro rows_of(relation, condition) -%}
    {%- if goes_on() -%}(select * from {{ relation }} where {{ condition }}) as rebuilt_rows{%- else -%}{{ relation }}{%- endif -%}
{%- endmacro %}

{% macro is_rebuilt(year, subject=none, later=0) -%}
    {%- if not goes_on() -%}{{ return('true') }}{%- endif -%}
    {%- set parts = rebuilt_parts() -%}
    {%- set conditions = [] -%}
    {%- for part in parts | rejectattr('year', 'none') -%}
        {%- set years = range(part.year, part.year + 1 + later) | list -%}
        {%- set listed = "'" ~ years | join("', '") ~ "'" if year == 'period' else years | join(', ') -%}
        {%- set of_subject = " and " ~ subject ~ " in ('" ~ part.subjects | join("', '") ~ "')" if subject else '' -%}
        {%- do conditions.append(year ~ ' in (' ~ listed ~ ')' ~ of_subject) -%}
    {%- endfor -%}
    {{ one_of(conditions, parts) }}
{%- endmacro %}

{% macro is_rebuilt_result(kind='indicator_code', earlier=0, row='') -%}
    {%- if not goes_on() -%}{{ return('true') }}{%- endif -%}
    {%- set parts = rebuilt_parts() -%}
    {%- set codes = exam_families() if kind == 'family' else exam_indicators() -%}
    {%- set conditions = [kind ~ " not in ('" ~ codes | join("', '") ~ "')"] -%}
    {%- for part in parts | rejectattr('year', 'none') -%}
        {%- set years = range(part.year - earlier, part.year + 2) | join("', '") -%}
        {%- set subjects = part.subjects | join("', '") -%}
        {%- do conditions.append(row ~ "period in ('" ~ years ~ "') and " ~ row ~ "subject_code in ('', '" ~ subjects ~ "')") -%}
    {%- endfor -%}
    {{ one_of(conditions, parts) }}
{%- endmacro %}

{# Written out as constants, so that engines skip what they need not read; everything, where a part without a year says so. #}
{% macro one_of(conditions, parts) -%}
    {%- if parts | selectattr('year', 'none') | list -%}true
    {%- elif conditions -%}({{ conditions | join(' or ') }})
    {%- else -%}false
    {%- endif -%}
{%- endmacro %}

{# What int_exam__rebuilt says, by year. #}
{% macro rebuilt_parts() -%}
    {%- set node = graph.nodes['model.oko.int_exam__rebuilt'] -%}
    {%- set table = api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- set found = {} -%}
    {%- for row in run_query('select exam_year, subject_code from ' ~ table ~ ' order by 1, 2').rows -%}
        {%- set year = row[0] if row[0] is none else row[0] | int -%}
        {%- do found.setdefault(year, []).append(row[1]) -%}
    {%- endfor -%}
    {%- set parts = [] -%}
    {%- for year, subjects in found.items() -%}
        {%- do parts.append({'year': year, 'subjects': subjects}) -%}
    {%- endfor -%}
    {{ return(parts) }}
{%- endmacro %}

{# The families all of whose units are kept by part, and their indicators: what is closed in one closes cells of the others. #}
{% macro exam_families() -%}
    {%- set others = [] -%}
    {%- for entry in indicator_registry() if entry.kind == 'units' -%}
        {%- for model in ['ind_' ~ entry.code] + entry.alternatives | map(attribute='model') | list -%}
            {%- if graph.nodes['model.oko.' ~ model].config.materialized != 'incremental' -%}{%- do others.append(entry.family) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(indicator_registry() | selectattr('kind', 'equalto', 'units') | map(attribute='family') | reject('in', others) | unique | list) }}
{%- endmacro %}

{% macro exam_indicators() -%}
    {{ return(
        indicator_registry() | selectattr('kind', 'equalto', 'units') | selectattr('family', 'in', exam_families())
        | map(attribute='code') | list
    ) }}
{%- endmacro %}

{# Tells whether a table holds the same rows as another time, on this engine. #}
{% macro content_of(relation) %}{{ return(adapter.dispatch('content_of', 'oko')(relation)) }}{% endmacro %}
