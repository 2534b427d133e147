{# Units of indicators over the marks of ВПР. `parts` says, for each breakdown, which of the counts of a unit is its numerator;
   of a unit that does not know it (a report that does not tell) there is no row. #}

{# Everybody with a mark: count_2 … count_5. #}
{% macro vpr_mark_units(parts) -%}
with individual as (
    select * from {{ ref('fct_vpr_result') }}
),

aggregated as (
    select * from {{ ref('fct_vpr_marks') }}
),

counted as (
    select
        vpr_year,
        school_login,
        '/' || participant_code as participant,
        school_code,
        {{ class_label('class_name') }} as class_name,
        event_date,
        academic_year,
        subject_code,
        grade,
        {%- for mark in [2, 3, 4, 5] %}
        cast(case when mark >= {{ mark }} and mark < {{ mark + 1 }} then 1 else 0 end as bigint) as count_{{ mark }},
        {%- endfor %}
        cast(1 as bigint) as people
    from individual
    where mark is not null
    union all
    select
        vpr_year,
        school_login,
        '' as participant,
        school_code,
        '' as class_name,
        event_date,
        academic_year,
        subject_code,
        grade,
        count_2,
        count_3,
        count_4,
        count_5,
        participants as people
    from aggregated
    where is_counted and is_consistent
)

{{ vpr_units('counted', parts) }}
{%- endmacro %}

{# Everybody with a mark and a mark of the journal: lowered, confirmed, raised; the size of the gap only of single people. #}
{% macro vpr_journal_units(parts) -%}
with individual as (
    select * from {{ ref('fct_vpr_result') }}
),

aggregated as (
    select * from {{ ref('fct_vpr_journal') }}
),

counted as (
    select
        vpr_year,
        school_login,
        '/' || participant_code as participant,
        school_code,
        {{ class_label('class_name') }} as class_name,
        event_date,
        academic_year,
        subject_code,
        grade,
        cast(case when mark < journal_mark then 1 else 0 end as bigint) as lowered,
        cast(case when mark = journal_mark then 1 else 0 end as bigint) as confirmed,
        cast(case when mark > journal_mark then 1 else 0 end as bigint) as raised,
        cast(case when abs(mark - journal_mark) >= {{ parameter('vpr_journal_gap_marks') }} then 1 else 0 end as bigint) as far_apart,
        cast(1 as bigint) as people
    from individual
    where mark is not null and journal_mark is not null
    union all
    select
        vpr_year,
        school_login,
        '' as participant,
        school_code,
        '' as class_name,
        event_date,
        academic_year,
        subject_code,
        grade,
        lowered,
        confirmed,
        raised,
        cast(null as bigint) as far_apart,
        lowered + confirmed + raised as people
    from aggregated
    where is_counted and lowered + confirmed + raised > 0
)

{{ vpr_units('counted', parts) }}
{%- endmacro %}

{% macro vpr_units(relation, parts) -%}
    {%- for breakdown, numerator in parts.items() %}
select
    cast(vpr_year as text) || '/' || school_login || participant || '/' || subject_code || '/' || grade as unit_id,
    people as units,
    school_code as member_code,
    class_name,
    event_date,
    academic_year as period,
    subject_code,
    grade,
    '{{ breakdown }}' as breakdown,
    cast({{ numerator }} as double precision) as numerator,
    cast(people as double precision) as denominator,
    cast(null as double precision) as sum_squares
from {{ relation }}
where {{ numerator }} is not null
    {%- if not loop.last %}
union all
    {%- endif -%}
    {%- endfor %}
{%- endmacro %}
