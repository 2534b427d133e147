-- Grain: one row per standard as certificates spell it.
with events as (
    select * from {{ ref('fct_certificate_event') }}
),

words as (
    select distinct
        standard,
        is_quality_standard,
        ' ' || regexp_replace(standard, '[^0-9]+', ' ', 'g') || ' ' as numbers
    from events
)

select
    standard,
    is_quality_standard,
    -- ISO 9001:2008 and ГОСТ Р ИСО 9001-2011 (-2008), which is the same in Russian
    numbers like '% 9001 2008 %' or numbers like '% 9001 2011 %' as is_withdrawn_edition
from words
