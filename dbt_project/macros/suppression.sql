{# «родители · В3» without its last part: «родители»; a breakdown of one part leaves nothing. #}
{% macro without_last_part(breakdown) -%}
    regexp_replace({{ breakdown }}, '( · )?[^·]*$', '')
{%- endmacro %}

{# Whether a level is one of a list «class, school». #}
{% macro is_listed(listed, level) -%}
    (', ' || {{ listed }} || ', ' like '%, ' || {{ level }} || ', %')
{%- endmacro %}

{# What the suppression asks of a set of closed schools. `set` is a CTE with slice_id, school_code and the column named `block`. #}

{# Whether a breakdown counts organisations: it begins with one of the list «УМЦ; ОО». #}
{% macro is_open_breakdown(listed, breakdown) -%}
    ({{ listed }} <> '' and '; ' || {{ listed }} || '; ' like '%; ' || split_part({{ breakdown }}, ' · ', 1) || '; %')
{%- endmacro %}

{# Per block, whether its sum may be known: at least two schools with at least min_people behind them, and no sum at an end of its range,
   which would tell every school in it. #}
{% macro block_safety(set, block) -%}
    select
        slice_id,
        {{ block }},
        min(schools) >= 2 and min(people) >= min(min_people) and min(room_below) > {{ nothing() }} and min(room_above) > {{ nothing() }} as is_safe,
        min(people) as people
    from (
        select
            closed.slice_id,
            closed.{{ block }},
            codes.indicator_code,
            codes.breakdown,
            count(distinct closed.school_code) as schools,
            sum(codes.n) as people,
            sum(codes.room_below) as room_below,
            sum(codes.room_above) as room_above,
            {{ parameter('suppression_min_people') }} as min_people
        from {{ set }} as closed
        inner join school_codes as codes on closed.slice_id = codes.slice_id and closed.school_code = codes.school_code
        group by closed.slice_id, closed.{{ block }}, codes.indicator_code, codes.breakdown
    ) as sums
    group by slice_id, {{ block }}
{%- endmacro %}

{# Rounding must not pass for room. #}
{% macro nothing() %}0.000001{% endmacro %}

{# One step of the partition: a block is divided by the entities of a level where every part of it is safe, and stays whole where not. #}
{% macro divided(blocks, level) -%}
    select
        parts.slice_id,
        parts.school_code,
        case when bool_and(safety.is_safe) over (partition by parts.slice_id, parts.block) then parts.part else parts.block end as block
    from {{ blocks }}_by_{{ level }} as parts
    inner join {{ blocks }}_safety_by_{{ level }} as safety on parts.slice_id = safety.slice_id and parts.part = safety.part
{%- endmacro %}

{% macro parts_by(blocks, level) -%}
    select
        blocks.slice_id,
        blocks.school_code,
        blocks.block,
        blocks.block || '/' || coalesce(places.entity_code, '') as part
    from {{ blocks }} as blocks
    left join (
        select
            slice_id,
            school_code,
            min(entity_code) as entity_code
        from places
        where level = '{{ level }}'
        group by slice_id, school_code
    ) as places on blocks.slice_id = places.slice_id and blocks.school_code = places.school_code
{%- endmacro %}
