{# The marks of a scale rise with the points from 0, one interval after another; no two scales of a subject share a year. #}
{% test whole_mark_scale(model) %}
with scale as (
    select * from {{ model }}
),

steps as (
    select
        *,
        lag(raw_to) over of_the_scale as below,
        lag(mark) over of_the_scale as mark_below
    from scale
    window of_the_scale as (partition by procedure_name, subject_code, year_from order by raw_from)
),

spans as (
    select
        procedure_name,
        subject_code,
        year_from,
        max(year_to) as year_to
    from scale
    group by procedure_name, subject_code, year_from
)

select 'intervals' as fault
from steps
where
    raw_from > raw_to
    or (below is null and (raw_from <> 0 or mark <> 2))
    or (below is not null and (raw_from <> below + 1 or mark <> mark_below + 1))
union all
select 'two scales in a year' as fault
from spans
inner join spans as others
    on
        spans.procedure_name = others.procedure_name
        and spans.subject_code = others.subject_code
        and spans.year_from < others.year_from
        and spans.year_to >= others.year_from
{% endtest %}
