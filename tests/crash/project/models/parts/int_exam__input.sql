-- Grain: one row per table that scores_by_place is made from besides protocols.
select
    'stg_schools__school' as input,
    {{ content_of(ref('stg_schools__school')) }} as content
