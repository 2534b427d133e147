{# Value added by cohort, for results without pupil links: how far a school's cohort stands from the region in a later work, less how
   far it stood in an earlier one. Both in standard deviations of the people of the region, so the region itself is 0.
   A school's difference is drawn towards 0 by as much as chance explains of the differences between schools (empirical Bayes):
   tau² / (tau² + error²); tau² is what the differences vary beyond their errors. The interval is that of the difference before it was drawn,
   rather too wide than too narrow. Schools whose cohort changed too much, small ones, and earlier results with markers are left out. #}
{% macro value_added(earlier_procedure, earlier_grade, later_procedure, later_grade, years) -%}
with results as (
    select
        *,
        cast(substring(academic_year, 1, 4) as bigint) as first_year
    from {{ ref('fct_school_result') }}
    where z_error is not null
),

constants as (
    select
        {{ parameter('value_added_min_participants') }} as min_participants,
        cast({{ parameter('value_added_min_coverage') }} as decimal(9, 6)) as min_coverage,
        {{ parameter('normal_quantile') }} as normal_quantile
),

cohorts as (
    select
        later.school_code,
        later.academic_year,
        later.subject_code,
        later.scored as n,
        earlier.scored as n_other,
        later.z - earlier.z as difference,
        later.z_error * later.z_error + earlier.z_error * earlier.z_error as squared_error
    from results as later
    cross join constants
    inner join results as earlier
        on
            later.school_code = earlier.school_code
            and later.subject_code = earlier.subject_code
            and later.first_year = earlier.first_year + {{ years }}
    where
        later.procedure_name = '{{ later_procedure }}'
        and later.grade = '{{ later_grade }}'
        and earlier.procedure_name = '{{ earlier_procedure }}'
        and earlier.grade = '{{ earlier_grade }}'
        and not earlier.has_marker
        and least(later.scored, earlier.scored) >= constants.min_participants
        and least(later.scored, earlier.scored) >= constants.min_coverage * greatest(later.scored, earlier.scored)
),

spreads as (
    select
        academic_year,
        subject_code,
        greatest(var_samp(difference) - avg(squared_error), 0) as squared_tau
    from cohorts
    group by academic_year, subject_code
    having count(*) > 1
)

select
    cohorts.academic_year as period,
    'school' as level,
    cohorts.school_code as entity_code,
    cohorts.subject_code,
    '' as grade,
    '' as breakdown,
    cast(null as double precision) as numerator,
    cast(null as double precision) as denominator,
    cohorts.difference * spreads.squared_tau / (spreads.squared_tau + cohorts.squared_error) as value,
    cohorts.n,
    cohorts.n_other,
    cohorts.difference * spreads.squared_tau / (spreads.squared_tau + cohorts.squared_error)
    - constants.normal_quantile * sqrt(cohorts.squared_error) as ci_low,
    cohorts.difference * spreads.squared_tau / (spreads.squared_tau + cohorts.squared_error)
    + constants.normal_quantile * sqrt(cohorts.squared_error) as ci_high
from cohorts
cross join constants
inner join spreads on cohorts.academic_year = spreads.academic_year and cohorts.subject_code = spreads.subject_code
-- where everybody got the same twice there is no error to weigh by
where cohorts.squared_error > 0
{%- endmacro %}
