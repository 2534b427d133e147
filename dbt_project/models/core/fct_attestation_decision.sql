-- Grain: one row per person, category and date of the decision.
with decisions as (
    select * from {{ ref('stg_attestation__decision') }}
),

categories as (
    select * from {{ ref('dim_qual_category') }}
),

extensions as (
    select * from {{ ref('category_extensions') }}
),

-- an order extends the term that the register states, not one that another order has extended already
extended as (
    select
        decisions.person_id,
        decisions.category,
        decisions.decision_date,
        max(extensions.extended_to) as extended_to
    from decisions
    inner join extensions on decisions.valid_to between extensions.expires_from and extensions.expires_to
    group by decisions.person_id, decisions.category, decisions.decision_date
)

select
    decisions.person_id,
    decisions.category,
    decisions.decision_date,
    coalesce(extended.extended_to, decisions.valid_to) as valid_to,
    decisions.valid_to as stated_valid_to,
    categories.ladder_rank,
    decisions.is_granted,
    decisions.school_code,
    decisions.position_name,
    decisions.order_number,
    decisions.application_date,
    {{ days_between('decisions.decision_date', 'decisions.application_date') }} as days_to_decision,
    decisions.file_name,
    decisions.row_number
from decisions
left join categories on decisions.category = categories.category
left join extended
    on
        decisions.person_id = extended.person_id
        and decisions.category = extended.category
        and decisions.decision_date = extended.decision_date
