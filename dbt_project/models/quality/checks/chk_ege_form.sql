-- Grain: one row per fault of the yearly form of ЕГЭ by school, which is reported and never corrected.
with form_results as (
    select * from {{ ref('stg_ege_by_school__result') }}
),

matches as (
    select * from {{ ref('int_school__form_match') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

school_sums as (
    select
        exam_year,
        subject_code,
        sum(participants) as participants,
        sum(case when participants > 0 then mean_score * participants end)
        / nullif(sum(case when participants > 0 and mean_score is not null then participants end), 0) as mean_score
    from form_results
    where not is_total
    group by exam_year, subject_code
),

totals as (
    select
        form_results.*,
        region.region_code as entity_code,
        region.region_name as entity_name,
        school_sums.participants as participants_of_schools,
        school_sums.mean_score as mean_of_schools
    from form_results
    cross join region
    inner join school_sums
        on form_results.exam_year = school_sums.exam_year and form_results.subject_code = school_sums.subject_code
    where form_results.is_total
),

schools as (
    select
        form_results.*,
        matches.school_code as entity_code,
        form_results.school_name as entity_name
    from form_results
    inner join matches
        on
            form_results.exam_year = matches.exam_year
            and form_results.municipality_name_key = matches.municipality_name_key
            and form_results.school_name_key = matches.school_name_key
            and form_results.homonym = matches.homonym
    where not form_results.is_total
),

faults as (
    select
        'ege_form_total_participants' as rule_code,
        exam_year,
        entity_code,
        entity_name,
        subject_code,
        cast(participants as double precision) as value,
        cast(participants_of_schools as double precision) as expected,
        'число участников в строке «Итого» и сумма по школам' as what,
        file_name,
        row_number
    from totals
    where participants <> participants_of_schools
    union all
    select
        case
            when abs(mean_score - mean_of_schools) > {{ parameter('mean_error_share') }} * mean_of_schools then 'ege_form_total_mean'
            else 'ege_form_total_mean_near'
        end as rule_code,
        exam_year,
        entity_code,
        entity_name,
        subject_code,
        mean_score as value,
        mean_of_schools as expected,
        'средний балл в строке «Итого» и рассчитанный по школам' as what,
        file_name,
        row_number
    from totals
    where abs(mean_score - mean_of_schools) > {{ parameter('mean_tolerance') }}
    union all
    select
        'ege_form_more_100_than_participants' as rule_code,
        exam_year,
        entity_code,
        entity_name,
        subject_code,
        cast(score_100 as double precision) as value,
        cast(coalesce(participants, 0) as double precision) as expected,
        'получили 100 баллов и приняли участие' as what,
        file_name,
        row_number
    from schools
    where score_100 > coalesce(participants, 0)
    union all
    select
        'ege_form_more_below_than_participants' as rule_code,
        exam_year,
        entity_code,
        entity_name,
        subject_code,
        cast(below_min as double precision) as value,
        cast(coalesce(participants, 0) as double precision) as expected,
        'не преодолели порог и приняли участие' as what,
        file_name,
        row_number
    from schools
    where below_min > coalesce(participants, 0)
    union all
    select
        'ege_form_more_participants_than_graduates' as rule_code,
        exam_year,
        entity_code,
        entity_name,
        subject_code,
        cast(participants as double precision) as value,
        cast(graduates as double precision) as expected,
        'приняли участие и всего выпускников' as what,
        file_name,
        row_number
    from schools
    where participants > graduates
    union all
    select
        'ege_form_mean_without_participants' as rule_code,
        exam_year,
        entity_code,
        entity_name,
        subject_code,
        mean_score as value,
        cast(0 as double precision) as expected,
        'средний балл и число участников' as what,
        file_name,
        row_number
    from schools
    where mean_score > 0 and coalesce(participants, 0) = 0
    union all
    -- zeros where nobody sat are a habit of this form: one finding says it for the whole column
    select
        'ege_form_zero_mean_of_nobody' as rule_code,
        schools.exam_year,
        region.region_code as entity_code,
        region.region_name as entity_name,
        schools.subject_code,
        cast(count(*) as double precision) as value,
        cast(0 as double precision) as expected,
        'школ без участников со средним баллом 0, должно быть' as what,
        min(schools.file_name) as file_name,
        cast(null as bigint) as row_number
    from schools
    cross join region
    where schools.mean_score = 0 and coalesce(schools.participants, 0) = 0
    group by schools.exam_year, schools.subject_code, region.region_code, region.region_name
    union all
    select
        'ege_form_participants_without_mean' as rule_code,
        exam_year,
        entity_code,
        entity_name,
        subject_code,
        cast(null as double precision) as value,
        cast(participants as double precision) as expected,
        'средний балл не указан, а участников' as what,
        file_name,
        row_number
    from schools
    where mean_score is null and participants > 0
)

select
    faults.rule_code,
    'ege_by_school' as source,
    cast(faults.exam_year as text) as period,
    faults.entity_code,
    faults.entity_name,
    faults.subject_code,
    faults.value,
    faults.expected,
    faults.entity_name || ', ' || coalesce(subjects.subject_name, faults.subject_code) || ', ' || cast(faults.exam_year as text)
    || ': ' || faults.what || ' ' || coalesce({{ number_ru('faults.value') }} || ' и ', '')
    || {{ number_ru('faults.expected') }} as message_ru,
    faults.file_name,
    faults.row_number
from faults
left join subjects on faults.subject_code = subjects.subject_code
