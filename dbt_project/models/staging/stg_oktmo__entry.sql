-- Grain: one row per edition (a content of a file) and code; every edition stays, for the history is told by comparing them.
with entries as (
    select * from {{ source('raw', 'oktmo') }}
),

files as (
    select * from {{ source('raw', '_files') }}
)

select
    entries._file_sha256 as edition,
    cast(files.modified_at as date) as edition_date,
    entries.code,
    entries.control_digit,
    entries.name as entry_name,
    entries.centre,
    entries.starts_on,
    files.file_name
from entries
inner join files on entries._file_sha256 = files.file_sha256
