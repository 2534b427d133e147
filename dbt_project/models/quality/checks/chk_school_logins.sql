-- Grain: one row per school with several logins of ФИС ОКО, and per pair of schools with one login at one time.
with schools as (
    select * from {{ ref('dim_school') }}
    where school_login is not null
),

current_names as (
    select
        school_code,
        school_name
    from {{ ref('dim_school') }}
    where is_current
),

several as (
    select
        school_code,
        count(distinct school_login) as logins
    from schools
    group by school_code
    having count(distinct school_login) > 1
),

shared as (
    select distinct
        one.school_login,
        one.school_code,
        other.school_code as other_code
    from schools as one
    inner join schools as other
        on
            one.school_login = other.school_login
            and one.school_code < other.school_code
            and one.valid_from <= other.valid_to
            and one.valid_to >= other.valid_from
),

found as (
    select
        'school_logins_several' as rule_code,
        several.school_code,
        cast(several.logins as double precision) as value,
        'логинов ФИС ОКО в реестре: ' || cast(several.logins as text) as said_ru
    from several
    union all
    select
        'login_of_several_schools' as rule_code,
        shared.school_code,
        cast(null as double precision) as value,
        'логин ' || shared.school_login || ' в то же время стоит у ' || current_names.school_name
        || ' (' || shared.other_code || ')' as said_ru
    from shared
    inner join current_names on shared.other_code = current_names.school_code
)

select
    found.rule_code,
    'schools' as source,
    cast(null as text) as period,
    found.school_code as entity_code,
    current_names.school_name as entity_name,
    cast(null as text) as subject_code,
    found.value,
    cast(1 as double precision) as expected,
    current_names.school_name || ': ' || found.said_ru as message_ru,
    cast(null as text) as file_name,
    cast(null as bigint) as row_number
from found
left join current_names on found.school_code = current_names.school_code
