-- Grain: one row per school that forms know by name only, with the schools of the register that it is probably one of;
-- without any register one row for all of them.
with provisional as (
    select *
    from {{ ref('dim_school') }}
    where is_provisional
),

form_names as (
    select * from {{ ref('int_school__form_match') }}
),

municipalities as (
    select * from {{ ref('dim_municipality') }}
),

versions as (
    select * from {{ ref('int_school__version') }}
),

membership as (
    select * from {{ ref('bridge_membership') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

registers as (
    select count(distinct school_code) as schools
    from versions
),

written as (
    select distinct
        school_code,
        municipality_code,
        school_name_key
    from form_names
    where is_provisional
),

written_words as (
    select distinct
        school_code,
        municipality_code,
        {{ words("regexp_replace(school_name_key, '[^0-9a-zа-я№]+', ' ', 'g')") }} as word
    from written
),

version_names as (
    select
        school_code,
        coalesce(full_name_key, '') || ' ' || coalesce(short_name_key, '') as names
    from versions
),

candidate_words as (
    select distinct
        school_code,
        {{ words("regexp_replace(names, '[^0-9a-zа-я№]+', ' ', 'g')") }} as word
    from version_names
),

-- words that are in every name say nothing, rare ones (a number, a village) nearly all
word_weights as (
    select
        candidate_words.word,
        ln(1 + max(registers.schools)) - ln(count(*)) as weight
    from candidate_words
    cross join registers
    where candidate_words.word <> ''
    group by candidate_words.word
),

weights_of_names as (
    select
        written_words.school_code,
        sum(word_weights.weight) as weight
    from written_words
    inner join word_weights on written_words.word = word_weights.word
    group by written_words.school_code
),

weights_of_candidates as (
    select
        candidate_words.school_code,
        sum(word_weights.weight) as weight
    from candidate_words
    inner join word_weights on candidate_words.word = word_weights.word
    group by candidate_words.school_code
),

likeness as (
    select
        written_words.school_code,
        candidate_words.school_code as candidate_code,
        sum(word_weights.weight) as common_weight
    from written_words
    inner join candidate_words on written_words.word = candidate_words.word
    inner join word_weights on candidate_words.word = word_weights.word
    inner join membership on candidate_words.school_code = membership.member_code and membership.level = 'municipality'
    where membership.entity_code = written_words.municipality_code or written_words.municipality_code like 'pm-%'
    group by written_words.school_code, candidate_words.school_code
),

-- how much of the shorter of the two names is in the other one
ranked as (
    select
        likeness.school_code,
        likeness.candidate_code,
        row_number() over (
            partition by likeness.school_code
            order by likeness.common_weight desc, likeness.candidate_code asc
        ) as place
    from likeness
    inner join weights_of_names on likeness.school_code = weights_of_names.school_code
    inner join weights_of_candidates on likeness.candidate_code = weights_of_candidates.school_code
    where
        likeness.common_weight
        >= {{ parameter('alias_min_similarity') }} * least(weights_of_names.weight, weights_of_candidates.weight)
),

candidates as (
    select
        ranked.school_code,
        {{ join_texts("ranked.candidate_code || ' ' || versions.school_name", "'; '", 'ranked.place') }} as names
    from ranked
    inner join versions on ranked.candidate_code = versions.school_code and versions.is_last
    where ranked.place <= {{ parameter('alias_max_candidates') }}
    group by ranked.school_code
)

select
    'school_without_code' as rule_code,
    'ege_by_school' as source,
    cast(null as text) as period,
    provisional.school_code as entity_code,
    provisional.school_name as entity_name,
    cast(null as text) as subject_code,
    cast(null as double precision) as value,
    cast(null as double precision) as expected,
    '«' || provisional.school_name || '» (' || municipalities.municipality_name || ') не найдена в реестре, показатели идут под кодом '
    || provisional.school_code || '. '
    || coalesce('Вероятные соответствия: ' || candidates.names, 'Похожих школ в реестре нет') as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from provisional
inner join registers on registers.schools > 0
left join candidates on provisional.school_code = candidates.school_code
left join municipalities
    on
        provisional.municipality_code = municipalities.municipality_code
        and provisional.valid_from between municipalities.valid_from and municipalities.valid_to
union all
select
    'school_register_missing' as rule_code,
    'schools' as source,
    cast(null as text) as period,
    region.region_code as entity_code,
    region.region_name as entity_name,
    cast(null as text) as subject_code,
    cast(count(*) as double precision) as value,
    cast(0 as double precision) as expected,
    'Реестр школ не загружен: школ, известных только по наименованию, ' || cast(count(*) as text) as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from provisional
cross join region
inner join registers on registers.schools = 0
group by region.region_code, region.region_name
