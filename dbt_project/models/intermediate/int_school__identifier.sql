-- Grain: one row per kind of identifier, identifier and start of the time when it meant this school.
with versions as (
    select * from {{ ref('int_school__version') }}
),

identifiers as (
    select
        'login:' || school_login as identifier,
        school_code,
        valid_from
    from versions
    union all
    select
        'inn:' || inn as identifier,
        school_code,
        valid_from
    from versions
    union all
    select
        'ogrn:' || ogrn as identifier,
        school_code,
        valid_from
    from versions
),

meaning as (
    {{ timeline('identifiers', 'identifier', 'school_code') }}
)

select
    identifier,
    school_code,
    valid_from,
    valid_to
from meaning
where valid_from <= valid_to
