{# The rows of a raw table that count, each with its file: per key the row of the file that was changed last, then of the greater path.
   The key is declared once, in ingest/sources, and comes here through the generated macro raw_keys. #}
{% macro current_rows(layout) -%}
(
    select
        ranked.*,
        ranked._sheet as sheet,
        ranked._row_number as row_number
    from (
        select
            r.*,
            f.file_name,
            f.modified_at,
            row_number() over (
                partition by r.{{ raw_keys()[layout] | join(', r.') }}
                order by
                    f.modified_at desc, {{ byte_order('f.file_name') }} desc, {{ byte_order('r._sheet') }} desc, r._row_number desc
            ) as _rank
        from {{ source('raw', layout) }} as r
        inner join {{ source('raw', '_files') }} as f on r._file_sha256 = f.file_sha256
    ) as ranked
    where ranked._rank = 1
)
{%- endmacro %}
