-- Grain: one row per as-of date and item of a plan that was due by it and of which it is known whether it was late.
-- Done, but nobody wrote when: nothing is known of that one.
{{ plan_units(
    known='states.done_date is not null',
    numerator="due.state <> 'выполнено' or due.done_date > due.due_date"
) }}
