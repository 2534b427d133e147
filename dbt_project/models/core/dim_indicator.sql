-- Grain: one row per indicator of the registry, by its current version.
{%- for entry in indicator_registry() %}
select
    '{{ entry.code }}' as indicator_code,
    {{ quoted(entry.name_ru) }} as indicator_name,
    {{ quoted(entry.topic) }} as topic,
    {{ quoted(entry.formula_ru) }} as formula,
    {{ quoted(entry.numerator_ru) }} as numerator_name,
    {{ quoted(entry.denominator_ru) }} as denominator_name,
    '{{ entry.kind }}' as kind,
    '{{ entry.unit }}' as unit,
    '{{ entry.shown_as }}' as shown_as,
    '{{ entry.direction }}' as direction,
    '{{ entry.levels.keys() | join(", ") }}' as levels,
    '{{ entry.levels.items() | map("join", ": ") | join(", ") }}' as visibility_by_level,
    '{{ entry.core_only | join(", ") }}' as core_levels,
    '{{ entry.period_kind }}' as period_kind,
    '{{ entry.usage }}' as usage_kind,
    '{{ entry.counts }}' as counts,
    {{ entry.distinct_units | lower }} as has_distinct_units,
    {{ entry.has_bodies | lower }} as has_bodies,
    {{ (entry.suppress and entry.counts == 'people') | lower }} as is_suppressible,
    {{ quoted(entry.open_breakdowns | join('; ')) }} as open_breakdowns,
    '{{ entry.family }}' as family,
    {{ entry.breakdown_is_part | lower }} as is_breakdown_part,
    cast({{ entry.range[0] }} as double precision) as least_value,
    cast({{ entry.range[1] }} as double precision) as greatest_value,
    '{{ entry.derived_from }}' as derived_from,
    '{{ entry.compared_with }}' as compared_with,
    '{{ entry.evidence | join(", ") }}' as evidence,
    {{ quoted(entry.cannot_say_ru) }} as limits_text,
    '{{ entry.verified_by }}' as verified_by,
    {{ quoted(entry.founding_document) }} as founding_document,
    {{ quoted(entry.owner) }} as owner_name,
    '{{ entry.version }}' as methodology_version,
    cast('{{ entry.valid_from }}' as date) as valid_from
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
