-- Grain: one row per indicator and what it rests on: a fact, a parameter, a seed, the thresholds.
{%- set rows = [] %}
{%- for basis in indicator_bases() %}
{%- for kind, names in [
        ('fact', basis.facts), ('parameter', basis.parameters), ('common_parameter', basis.common), ('seed', basis.seeds),
        ('thresholds', ['dim_threshold'] if basis.has_thresholds else [])
    ] %}
{%- for name in names %}
{%- do rows.append([basis.code, kind, name]) %}
{%- endfor %}
{%- endfor %}
{%- endfor %}
{%- for code, kind, name in rows %}
select
    '{{ code }}' as indicator_code,
    '{{ kind }}' as basis_kind,
    '{{ name }}' as basis_name
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
