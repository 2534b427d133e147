-- Grain: one row per procedure, exam date and subject whose results are not those of the known scale.
with protocols as (
    select * from {{ ref('int_exam__protocol') }}
),

score_scales as (
    select * from {{ ref('dim_score_scale') }}
),

mark_scales as (
    select * from {{ ref('dim_mark_scale') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

-- of letters of evidence the first in the alphabet is the weakest that stand together: C before V, R before V
scaled_years as (
    select
        subject_code,
        year_from,
        year_to,
        min(evidence) as evidence
    from score_scales
    group by subject_code, year_from, year_to
),

-- a raw score that the scale does not have contradicts it too; one whose test score is not known contradicts nothing
scores as (
    select
        protocols.procedure_name,
        protocols.exam_year,
        protocols.exam_date,
        protocols.subject_code,
        scaled_years.evidence,
        case
            when score_scales.raw_score is null then true
            else coalesce(score_scales.test_score <> protocols.test_score, false)
        end as is_wrong
    from protocols
    inner join scaled_years
        on
            protocols.subject_code = scaled_years.subject_code
            and protocols.exam_year between scaled_years.year_from and scaled_years.year_to
    left join score_scales
        on
            scaled_years.subject_code = score_scales.subject_code
            and scaled_years.year_from = score_scales.year_from
            and protocols.raw_score = score_scales.raw_score
    where protocols.procedure_name = 'ЕГЭ' and protocols.test_score is not null and protocols.raw_score is not null
),

-- a condition may bring a mark down, never up, and down only over marks that have one
marks as (
    select
        protocols.procedure_name,
        protocols.exam_year,
        protocols.exam_date,
        protocols.subject_code,
        protocols.person_id,
        min(mark_scales.evidence) as evidence,
        bool_or(
            (mark_scales.mark = protocols.mark and protocols.raw_score < mark_scales.raw_from)
            or (
                mark_scales.mark > protocols.mark
                and protocols.raw_score >= mark_scales.raw_from
                and mark_scales.condition_ru is null
            )
        )
        or protocols.raw_score > max(mark_scales.raw_to) as is_wrong
    from protocols
    inner join mark_scales
        on
            protocols.procedure_name = mark_scales.procedure_name
            and protocols.subject_code = mark_scales.subject_code
            and protocols.exam_year between mark_scales.year_from and mark_scales.year_to
    where protocols.mark is not null and protocols.raw_score is not null
    group by
        protocols.procedure_name, protocols.exam_year, protocols.exam_date, protocols.subject_code, protocols.person_id,
        protocols.mark, protocols.raw_score
),

faults as (
    select
        'exam_scale_test' as rule_code,
        procedure_name,
        exam_year,
        exam_date,
        subject_code,
        'тестовый балл' as what,
        min(evidence) as evidence,
        count(*) as compared,
        sum(case when is_wrong then 1 else 0 end) as faulty
    from scores
    group by procedure_name, exam_year, exam_date, subject_code
    union all
    select
        'exam_scale_mark' as rule_code,
        procedure_name,
        exam_year,
        exam_date,
        subject_code,
        'отметка' as what,
        min(evidence) as evidence,
        count(*) as compared,
        sum(case when is_wrong then 1 else 0 end) as faulty
    from marks
    group by procedure_name, exam_year, exam_date, subject_code
)

select
    faults.rule_code,
    {{ exam_source('faults.procedure_name') }} as source,
    cast(faults.exam_year as text) as period,
    region.region_code as entity_code,
    region.region_name as entity_name,
    faults.subject_code,
    cast(faults.faulty as double precision) as value,
    cast(0 as double precision) as expected,
    {{ subject_ru('faults.subject_code', 'subjects.subject_name', "faults.procedure_name = 'ЕГЭ'") }}
    || ', ' || faults.procedure_name || ', ' || {{ day_ru('faults.exam_date') }}
    || ': ' || faults.what || ' не по шкале, как она нам известна (' || faults.evidence || '), у ' || cast(faults.faulty as text)
    || ' из ' || cast(faults.compared as text) || ' участников' as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from faults
cross join region
left join subjects on faults.subject_code = subjects.subject_code
where faults.faulty > 0
