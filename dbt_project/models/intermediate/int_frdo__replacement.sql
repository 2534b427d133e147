-- Grain: one row per document of ФИС ФРДО and the first document of the chain of duplicates and corrections that it stands in.
with documents as (
    select * from {{ ref('stg_frdo__document') }}
),

-- a duplicate of a duplicate of a correction: longer chains nobody has seen
chained as (
    select
        documents.document_id,
        documents.replaced_document_id as nearest_id,
        link_one.replaced_document_id as second_id,
        link_two.replaced_document_id as third_id
    from documents
    left join documents as link_one on documents.replaced_document_id = link_one.document_id
    left join documents as link_two on link_one.replaced_document_id = link_two.document_id
)

select
    document_id,
    case
        -- two that name each other are one as well
        when second_id = document_id then least(document_id, nearest_id)
        else coalesce(third_id, second_id, nearest_id, document_id)
    end as first_document_id,
    case
        when second_id = document_id or (nearest_id is not null and second_id is null) then 1
        when third_id is not null then 3
        when second_id is not null then 2
        else 0
    end as replacements
from chained
