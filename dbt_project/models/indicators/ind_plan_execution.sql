-- Grain: one row per as-of date and item of a plan that was due by it.
-- Done, but nobody wrote when: that is known of today alone.
{{ plan_units(
    known='states.done_date is not null or dates.is_run_date',
    numerator="due.state = 'выполнено' and coalesce(due.done_date, due.as_of_date) <= due.as_of_date"
) }}
