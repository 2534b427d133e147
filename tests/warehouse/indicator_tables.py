"""A build database made by hand, small enough to see through: one indicator, two schools, one municipality, one region.

The second school has three people and is hidden; the first is hidden so that nobody subtracts it.
"""

from __future__ import annotations

COLUMNS = """
    indicator_code TEXT, period TEXT, level TEXT, entity_code TEXT, subject_code TEXT, grade TEXT, breakdown TEXT,
    numerator DOUBLE PRECISION, denominator DOUBLE PRECISION, value DOUBLE PRECISION, unit TEXT, n BIGINT,
    ci_low DOUBLE PRECISION, ci_high DOUBLE PRECISION, previous_value DOUBLE PRECISION, delta DOUBLE PRECISION,
    is_suppressed BOOLEAN, suppression TEXT, visibility TEXT
"""
# level, entity, numerator, n, how it is hidden
ROWS = (
    ("school", "540001", 8, 10, "complementary"),
    ("school", "540002", 2, 3, "primary"),
    ("municipality", "m1", 10, 13, None),
    ("region", "54", 10, 13, None),
)


def _row(level: str, entity: str, numerator: int, n: int, hidden: str | None) -> str:
    measures = "NULL, NULL, NULL" if hidden else f"{numerator}, {n}, {numerator / n}"
    shown = "NULL" if hidden == "complementary" else n
    flag = f"true, '{hidden}'" if hidden else "false, NULL"
    key = f"'share_code', '2024', '{level}', '{entity}', '', '', ''"
    return f"({key}, {measures}, 'share', {shown}, NULL, NULL, NULL, NULL, {flag}, 'public')"


def _values(schema: str, *, hide: bool) -> list[str]:
    rows = ", ".join(_row(*row[:4], row[4] if hide else None) for row in ROWS)
    return [f"CREATE TABLE {schema}.indicator_values ({COLUMNS})", f"INSERT INTO {schema}.indicator_values VALUES {rows}"]


STATEMENTS = (
    *(f"CREATE SCHEMA {schema}" for schema in ("core", "marts", "quality")),
    "CREATE TABLE core.dim_indicator (indicator_code TEXT, is_suppressible BOOLEAN, has_distinct_units BOOLEAN, has_bodies BOOLEAN, "
    "core_levels TEXT, open_breakdowns TEXT)",
    "INSERT INTO core.dim_indicator VALUES ('share_code', true, false, false, 'class', 'УМЦ; ОО')",
    *_values("core", hide=False),
    *_values("marts", hide=True),
    "CREATE VIEW marts.public_indicator_values AS SELECT * FROM marts.indicator_values",
)
