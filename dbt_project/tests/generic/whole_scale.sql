{# A scale starts at 0 with 0, ends at 100, never falls, leaves no raw score out; of one subject no two scales share a year. #}
{% test whole_scale(model) %}
with scale as (
    select * from {{ model }}
),

points as (
    select
        *,
        max(raw_score) over of_the_scale as top,
        max(test_score) over (of_the_scale order by raw_score rows between unbounded preceding and 1 preceding) as reached
    from scale
    window of_the_scale as (partition by subject_code, year_from)
),

sizes as (
    select
        subject_code,
        year_from,
        year_to,
        count(*) as points,
        max(raw_score) as top
    from scale
    group by subject_code, year_from, year_to
)

select 'ends or order' as fault
from points
where
    (raw_score = 0 and test_score <> 0)
    or (raw_score = top and (test_score is null or test_score <> 100))
    or test_score < reached
    or raw_score < 0
union all
select 'points left out' as fault
from sizes
where points <> top + 1
union all
select 'two scales in a year' as fault
from sizes
inner join sizes as others
    on
        sizes.subject_code = others.subject_code
        and sizes.year_from < others.year_from
        and sizes.year_to >= others.year_from
{% endtest %}
