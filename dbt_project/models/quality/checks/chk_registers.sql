-- Grain: one row per gap of the registers that indicators hang on.
with schools as (
    select * from {{ ref('dim_school') }}
),

municipalities as (
    select * from {{ ref('dim_municipality') }}
),

thresholds as (
    select * from {{ ref('dim_threshold') }}
),

attempts as (
    select * from {{ ref('fct_exam_result') }}
),

subjects as (
    select * from {{ ref('dim_subject') }}
),

employments as (
    select * from {{ ref('fct_staff_employment') }}
),

region as (
    select * from {{ ref('int_region__resolved') }}
),

codes as (
    select distinct school_code
    from schools
),

cells as (
    select
        exam_year,
        subject_code,
        count(*) as attempts
    from attempts
    where procedure_name = 'ЕГЭ' and is_graduate and is_valid
    group by exam_year, subject_code
),

unknown_subjects as (
    select
        attempts.exam_year,
        attempts.procedure_name,
        attempts.subject_code,
        count(*) as attempts
    from attempts
    left join subjects on attempts.subject_code = subjects.subject_code
    where attempts.is_valid and subjects.subject_code is null
    group by attempts.exam_year, attempts.procedure_name, attempts.subject_code
),

minimum_years as (
    select
        threshold_year,
        subject_code
    from thresholds
    where procedure_name = 'ЕГЭ' and threshold_kind in ('минимум_аттестат', 'минимум_вуз')
    group by threshold_year, subject_code
),

certificate_years as (
    select threshold_year
    from thresholds
    where procedure_name = 'ЕГЭ' and threshold_kind = 'минимум_аттестат' and subject_code in ('1', '2')
    group by threshold_year
    having count(*) = 2
),

closed_without_successor as (
    select schools.*
    from schools
    left join codes on schools.successor_code = codes.school_code
    where
        schools.is_current
        and schools.valid_to < {{ last_day() }}
        and (codes.school_code is null or schools.successor_code = schools.school_code)
),

faults as (
    select
        'school_oktmo_unknown' as rule_code,
        'schools' as source,
        cast(null as text) as period,
        schools.school_code as entity_code,
        schools.school_name as entity_name,
        cast(null as text) as subject_code,
        cast(null as double precision) as value,
        schools.school_name || ': ОКТМО ' || schools.oktmo || ' нет в справочнике муниципальных образований' as message_ru
    from schools
    inner join municipalities on schools.municipality_code = municipalities.municipality_code
    where schools.is_current and municipalities.is_provisional and not schools.is_provisional
    union all
    select
        'successor_unknown' as rule_code,
        'schools' as source,
        cast(null as text) as period,
        school_code as entity_code,
        school_name as entity_name,
        cast(null as text) as subject_code,
        cast(null as double precision) as value,
        school_name || ': код правопреемника ' || successor_code || ' не найден в реестре' as message_ru
    from closed_without_successor
    where successor_code is not null
    union all
    select
        'staff_of_closed_school' as rule_code,
        'staff' as source,
        cast(null as text) as period,
        closed.school_code as entity_code,
        closed.school_name as entity_name,
        cast(null as text) as subject_code,
        cast(count(*) as double precision) as value,
        closed.school_name || ': организация закрыта ' || {{ day_ru('closed.valid_to') }}
        || ', правопреемника нет, а сотрудников без даты окончания работы ' || cast(count(*) as text) as message_ru
    from closed_without_successor as closed
    inner join employments on closed.school_code = employments.school_code and closed.valid_to < employments.valid_to
    group by closed.school_code, closed.school_name, closed.valid_to
    union all
    select
        'threshold_missing' as rule_code,
        'thresholds' as source,
        cast(cells.exam_year as text) as period,
        region.region_code as entity_code,
        region.region_name as entity_name,
        cells.subject_code,
        cast(cells.attempts as double precision) as value,
        subjects.subject_name || ', ' || cast(cells.exam_year as text)
        || ': минимального балла нет, доля не преодолевших порог не считается' as message_ru
    from cells
    cross join region
    inner join subjects on cells.subject_code = subjects.subject_code
    left join minimum_years on cells.exam_year = minimum_years.threshold_year and cells.subject_code = minimum_years.subject_code
    where subjects.in_indicators and subjects.has_test_score and minimum_years.subject_code is null
    union all
    select
        'threshold_certificate_missing' as rule_code,
        'thresholds' as source,
        cast(cells.exam_year as text) as period,
        region.region_code as entity_code,
        region.region_name as entity_name,
        cast(null as text) as subject_code,
        cast(sum(cells.attempts) as double precision) as value,
        cast(cells.exam_year as text)
        || ': минимума для аттестата по русскому языку и профильной математике нет, доля сдавших обязательные предметы не считается'
            as message_ru
    from cells
    cross join region
    left join certificate_years on cells.exam_year = certificate_years.threshold_year
    where cells.subject_code in ('1', '2', '22') and certificate_years.threshold_year is null
    group by cells.exam_year, region.region_code, region.region_name
    union all
    select
        'threshold_default' as rule_code,
        'thresholds' as source,
        cast(thresholds.threshold_year as text) as period,
        region.region_code as entity_code,
        region.region_name as entity_name,
        cast(null as text) as subject_code,
        cast(count(*) as double precision) as value,
        'ЕГЭ ' || cast(thresholds.threshold_year as text) || ': пороги не загружены, взяты значения по умолчанию ('
        || cast(count(*) as text) || ')' as message_ru
    from thresholds
    cross join region
    where thresholds.is_default
    group by thresholds.threshold_year, region.region_code, region.region_name
    union all
    select
        'subject_unknown' as rule_code,
        {{ exam_source('unknown_subjects.procedure_name') }} as source,
        cast(unknown_subjects.exam_year as text) as period,
        region.region_code as entity_code,
        region.region_name as entity_name,
        unknown_subjects.subject_code,
        cast(unknown_subjects.attempts as double precision) as value,
        'Предмет с кодом ' || unknown_subjects.subject_code || ', ' || unknown_subjects.procedure_name || ', '
        || cast(unknown_subjects.exam_year as text)
        || ': кода нет в списке предметов, результаты не вошли в показатели' as message_ru
    from unknown_subjects
    cross join region
)

select
    rule_code,
    source,
    period,
    entity_code,
    entity_name,
    subject_code,
    value,
    cast(null as double precision) as expected,
    message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from faults
