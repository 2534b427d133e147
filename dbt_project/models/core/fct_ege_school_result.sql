-- Grain: one row per year, subject and school of the yearly form, which has sums and no people.
with form_results as (
    select * from {{ ref('stg_ege_by_school__result') }}
),

matches as (
    select * from {{ ref('int_school__form_match') }}
),

attribution as (
    select * from {{ ref('bridge_school_attribution') }}
),

protocols as (
    select * from {{ ref('fct_exam_result') }}
),

-- nobody sat: nothing was measured, whatever the cells say; somebody sat: a blank count is 0
measured as (
    select
        exam_year,
        subject_code,
        municipality_name_key,
        school_name_key,
        homonym,
        graduates,
        participants,
        coalesce(below_min, 0) as below_min,
        coalesce(high_80_99, 0) as high_80_99,
        coalesce(score_100, 0) as score_100,
        mean_score,
        file_name,
        row_number,
        {{ day_of_year('exam_year', parameter('ege_form_day', as_text=true)) }} as event_date
    from form_results
    where not is_total and participants > 0
),

matched as (
    select
        measured.*,
        attribution.attributed_code as school_code
    from measured
    inner join matches
        on
            measured.exam_year = matches.exam_year
            and measured.municipality_name_key = matches.municipality_name_key
            and measured.school_name_key = matches.school_name_key
            and measured.homonym = matches.homonym
    inner join attribution
        on
            matches.school_code = attribution.school_code
            and measured.event_date between attribution.valid_from and attribution.valid_to
),

-- several names of a form may mean one school
summed as (
    select
        exam_year,
        subject_code,
        school_code,
        min(event_date) as event_date,
        max(graduates) as graduates,
        sum(participants) as participants,
        sum(below_min) as below_min,
        sum(high_80_99) as high_80_99,
        sum(score_100) as score_100,
        sum(case when mean_score is not null then participants end) as scored_participants,
        sum(mean_score * participants) as score_sum,
        case when count(*) = 1 then max(file_name) end as file_name,
        case when count(*) = 1 then max(row_number) end as row_number
    from matched
    group by exam_year, subject_code, school_code
),

protocol_cells as (
    select distinct
        exam_year,
        subject_code,
        school_code
    from protocols
    where procedure_name = 'ЕГЭ' and is_graduate
)

select
    summed.exam_year,
    summed.subject_code,
    summed.school_code,
    summed.event_date,
    cast(summed.graduates as bigint) as graduates,
    cast(summed.participants as bigint) as participants,
    cast(summed.below_min as bigint) as below_min,
    cast(summed.high_80_99 as bigint) as high_80_99,
    cast(summed.score_100 as bigint) as score_100,
    cast(summed.scored_participants as bigint) as scored_participants,
    summed.score_sum,
    protocol_cells.school_code is null as is_counted,
    summed.file_name,
    summed.row_number
from summed
left join protocol_cells
    on
        summed.exam_year = protocol_cells.exam_year
        and summed.subject_code = protocol_cells.subject_code
        and summed.school_code = protocol_cells.school_code
