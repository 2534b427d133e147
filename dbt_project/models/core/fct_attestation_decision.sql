-- Grain: one row per person, category and date of the decision.
with decisions as (
    select * from {{ ref('stg_attestation__decision') }}
),

categories as (
    select * from {{ ref('qualification_categories') }}
)

select
    decisions.person_id,
    decisions.category,
    decisions.decision_date,
    decisions.valid_to,
    cast(categories.ladder_rank as bigint) as ladder_rank,
    decisions.is_granted,
    decisions.school_code,
    decisions.position_name,
    decisions.order_number,
    decisions.application_date,
    decisions.file_name,
    decisions.row_number
from decisions
left join categories on decisions.category = categories.category
