-- Grain: one row per closed school of a slice, with the block whose sum may be known of it.
-- The closed schools of a slice are divided into blocks whose sums tell nothing of a single school (macro block_safety). An entity above
-- stays open where it holds every block whole or not at all: then whatever is added and subtracted gives sums of blocks and no more.
-- So schools of 1-4 people get the smallest open school beside them, first of their cluster in the municipality, then of the municipality;
-- what still has no company joins the rest of the region, which takes in the smallest safe municipality, or the smallest school of another.
-- Partners go by n; only a school with a result somewhere within its range can be one.
{{ config(schema='intermediate', materialized='incremental', pre_hook="{{ forget_rebuilt_results('family') }}") }}

with codes_of_cells as (
    select * from {{ rebuilt_results(ref('suppression_cells')) }}
),

places as (
    select * from {{ rebuilt_results(ref('indicator_places'), 'family') }}
),

school_codes as (
    select
        slice_id,
        entity_code as school_code,
        indicator_code,
        breakdown,
        n,
        is_primary,
        room_below,
        room_above
    from codes_of_cells
    where level = 'school'
),

slices as (
    select distinct
        slice_id,
        family,
        period,
        subject_code
    from codes_of_cells
),

wholes as (
    select
        slice_id,
        count(*) as codes
    from (
        select distinct
            slice_id,
            indicator_code,
            breakdown
        from school_codes
    ) as distinct_codes
    group by slice_id
),

home as (
    select
        slice_id,
        school_code,
        min(case when level = 'municipality' then entity_code end) as municipality_code,
        coalesce(min(case when level = 'cluster' then entity_code end), '') as cluster_code
    from places
    group by slice_id, school_code
),

schools as (
    select
        school_codes.slice_id,
        school_codes.school_code,
        home.municipality_code,
        home.municipality_code || '/' || home.cluster_code as neighbourhood,
        min(school_codes.n) as n,
        bool_or(school_codes.is_primary) as is_primary,
        min(school_codes.room_below) > {{ nothing() }}
        and min(school_codes.room_above) > {{ nothing() }}
        and count(*) = min(wholes.codes) as is_partner
    from school_codes
    inner join home on school_codes.slice_id = home.slice_id and school_codes.school_code = home.school_code
    inner join wholes on school_codes.slice_id = wholes.slice_id
    group by
        school_codes.slice_id,
        school_codes.school_code,
        home.municipality_code,
        home.cluster_code
),

small as (
    select * from schools
    where is_primary
),

small_safety as (
    {{ block_safety('small', 'neighbourhood') }}
),

neighbours as (
    select
        schools.slice_id,
        schools.school_code,
        row_number() over (partition by schools.slice_id, schools.neighbourhood order by schools.n, schools.school_code) as place
    from schools
    inner join small_safety
        on schools.slice_id = small_safety.slice_id and schools.neighbourhood = small_safety.neighbourhood
    where not small_safety.is_safe and schools.is_partner and not schools.is_primary
),

with_neighbours as (
    select schools.*
    from schools
    left join neighbours
        on schools.slice_id = neighbours.slice_id and schools.school_code = neighbours.school_code and neighbours.place = 1
    where schools.is_primary or neighbours.place = 1
),

municipality_safety as (
    {{ block_safety('with_neighbours', 'municipality_code') }}
),

countrymen as (
    select
        schools.slice_id,
        schools.school_code,
        row_number() over (partition by schools.slice_id, schools.municipality_code order by schools.n, schools.school_code) as place
    from schools
    inner join municipality_safety
        on schools.slice_id = municipality_safety.slice_id and schools.municipality_code = municipality_safety.municipality_code
    left join with_neighbours
        on schools.slice_id = with_neighbours.slice_id and schools.school_code = with_neighbours.school_code
    where not municipality_safety.is_safe and schools.is_partner and with_neighbours.school_code is null
),

with_countrymen as (
    select schools.*
    from schools
    left join with_neighbours
        on schools.slice_id = with_neighbours.slice_id and schools.school_code = with_neighbours.school_code
    left join countrymen
        on schools.slice_id = countrymen.slice_id and schools.school_code = countrymen.school_code and countrymen.place = 1
    where with_neighbours.school_code is not null or countrymen.place = 1
),

settled_safety as (
    {{ block_safety('with_countrymen', 'municipality_code') }}
),

rest as (
    select
        with_countrymen.*,
        'rest' as block
    from with_countrymen
    inner join settled_safety
        on
            with_countrymen.slice_id = settled_safety.slice_id
            and with_countrymen.municipality_code = settled_safety.municipality_code
    where not settled_safety.is_safe
),

rest_safety as (
    {{ block_safety('rest', 'block') }}
),

companions as (
    select
        settled_safety.slice_id,
        settled_safety.municipality_code,
        row_number() over (
            partition by settled_safety.slice_id order by settled_safety.people, settled_safety.municipality_code
        ) as place
    from settled_safety
    inner join rest_safety on settled_safety.slice_id = rest_safety.slice_id
    where settled_safety.is_safe and not rest_safety.is_safe
),

strangers as (
    select
        schools.slice_id,
        schools.school_code,
        row_number() over (partition by schools.slice_id order by schools.n, schools.school_code) as place
    from schools
    inner join rest_safety on schools.slice_id = rest_safety.slice_id
    left join companions on schools.slice_id = companions.slice_id
    left join with_countrymen
        on schools.slice_id = with_countrymen.slice_id and schools.school_code = with_countrymen.school_code
    where
        not rest_safety.is_safe
        and schools.is_partner
        and companions.slice_id is null
        and with_countrymen.school_code is null
),

settled as (
    select
        schools.slice_id,
        schools.school_code,
        case
            when settled_safety.is_safe and coalesce(companions.place, 0) <> 1 then 'municipality ' || schools.municipality_code
            else 'rest'
        end as block
    from schools
    left join with_countrymen
        on schools.slice_id = with_countrymen.slice_id and schools.school_code = with_countrymen.school_code
    left join settled_safety
        on schools.slice_id = settled_safety.slice_id and schools.municipality_code = settled_safety.municipality_code
    left join companions
        on schools.slice_id = companions.slice_id and schools.municipality_code = companions.municipality_code
    left join strangers
        on schools.slice_id = strangers.slice_id and schools.school_code = strangers.school_code and strangers.place = 1
    where with_countrymen.school_code is not null or strangers.place = 1
),
{% set steps = ['settled', 'in_clusters', 'in_methodical_centres'] %}
{%- for level in ['cluster', 'umc', 'kc'] %}
{%- set blocks = steps[loop.index0] %}

{{ blocks }}_by_{{ level }} as (
    {{ parts_by(blocks, level) }}
),

{{ blocks }}_safety_by_{{ level }} as (
    {{ block_safety(blocks ~ '_by_' ~ level, 'part') }}
),

{{ steps[loop.index] | default('in_centres') }} as (
    {{ divided(blocks, level) }}
),
{%- endfor %}

final_safety as (
    {{ block_safety('in_centres', 'block') }}
)

select
    in_centres.slice_id,
    slices.family,
    slices.period,
    slices.subject_code,
    in_centres.school_code,
    in_centres.block,
    final_safety.is_safe
from in_centres
inner join slices on in_centres.slice_id = slices.slice_id
inner join final_safety on in_centres.slice_id = final_safety.slice_id and in_centres.block = final_safety.block
