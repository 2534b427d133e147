-- Grain: one row per school and year whose cluster has graduates in other schools.
-- The others are the cluster without the school; the interval of the difference is Newcombe's.
with {{ cluster_comparison('ege_pass_share_mandatory') }}

select
    period,
    'school' as level,
    entity_code,
    subject_code,
    grade,
    breakdown,
    cast(null as double precision) as numerator,
    cast(null as double precision) as denominator,
    value - other_value as value,
    n,
    n_other,
    value - other_value - {{ newcombe_reach('value', 'ci_low', 'other_value', 'other_high') }} as ci_low,
    value - other_value + {{ newcombe_reach('other_value', 'other_low', 'value', 'ci_high') }} as ci_high
from others
