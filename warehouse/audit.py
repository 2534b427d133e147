"""What must hold before a publication may replace the last one: keys, row counts, levels that add up, nothing hidden that shows.

An audit judges the shape of the published tables (contracts 4.1), the same for every indicator. Oddities of the data themselves
are rows of `quality` and stop nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import polars as pl

Query = Callable[[str], pl.DataFrame]

KEY = "indicator_code, period, level, entity_code, subject_code, grade, breakdown"
ROLLUP_KEY = "indicator_code, period, subject_code, grade, breakdown"
MEASURES = ("value", "numerator", "denominator", "ci_low", "ci_high", "previous_value", "delta")
TOLERANCE = 1e-6


class AuditFailed(Exception):
    """The new publication must not be shown; the message lists why, in Russian."""


@dataclass(frozen=True)
class Check:
    """`sql` returns the offending rows: none means that the check holds."""

    title: str
    sql: str


def _unique(table: str, key: str = KEY) -> Check:
    sql = f"SELECT {key}, count(*) AS copies FROM {table} GROUP BY {key} HAVING count(*) > 1"
    return Check(f"ключ {table} не повторяется", sql)


def _no_empty_key(table: str) -> Check:
    empty = " OR ".join(f"{column} IS NULL" for column in KEY.split(", "))
    return Check(f"ключ {table} заполнен", f"SELECT {KEY} FROM {table} WHERE {empty}")


def _levels_add_up(lower: str, upper: str) -> Check:
    """Σ of the lower level is the upper one.

    Where people are counted once in an entity, the upper one may only be less; where bodies have units of their own, only more stands
    behind it, and what they add to a numerator is not known here.
    """
    sums = ", ".join(
        f"coalesce(sum(v.{measure}) FILTER (WHERE v.level = '{level}'), 0) AS {level}_{measure}"
        for measure in ("numerator", "denominator", "n")
        for level in (lower, upper)
    )
    at_both = " AND ".join(
        f"v.indicator_code IN (SELECT indicator_code FROM core.indicator_values WHERE level = '{level}')" for level in (lower, upper)
    )
    unequal = " OR ".join(
        f"abs({lower}_{m} - {upper}_{m}) > {TOLERANCE} * (1 + abs({upper}_{m})) AND (NOT has_distinct_units OR {upper}_{m} > {lower}_{m})"
        f" AND (NOT has_bodies OR {bodies})"
        for m, bodies in (
            ("numerator", "false"),
            ("denominator", f"{upper}_denominator < {lower}_denominator"),
            ("n", f"{upper}_n < {lower}_n"),
        )
    )
    key = ", ".join(f"v.{column}" for column in ROLLUP_KEY.split(", "))
    sql = f"""
        SELECT * FROM (
            SELECT {key}, d.has_distinct_units, d.has_bodies, {sums}
            FROM core.indicator_values AS v INNER JOIN core.dim_indicator AS d ON v.indicator_code = d.indicator_code
            WHERE v.unit <> 'difference' AND {at_both}
            GROUP BY {key}, d.has_distinct_units, d.has_bodies
        ) AS totals
        WHERE {unequal}
    """
    return Check(f"сумма уровня {lower} сходится с уровнем {upper}", sql)


_HIDDEN_SHOWS = " OR ".join(f"{column} IS NOT NULL" for column in MEASURES)
_DIFFERS = " OR ".join(f"m.{column} IS DISTINCT FROM c.{column}" for column in ("value", "numerator", "denominator", "n"))
# the first part of the breakdown, «ОО» of «ОО · В01», is among those that the registry leaves open
_COUNTS_ORGANISATIONS = (
    "(d.open_breakdowns <> '' AND '; ' || d.open_breakdowns || '; ' LIKE '%; ' || split_part(m.breakdown, ' · ', 1) || '; %')"
)
_SAME_KEY = " AND ".join(f"m.{column} = c.{column}" for column in KEY.split(", "))

CHECKS: tuple[Check, ...] = (
    _unique("core.indicator_values"),
    _unique("marts.indicator_values"),
    _unique("marts.public_indicator_values"),
    _no_empty_key("marts.indicator_values"),
    Check(
        "в витрине столько же строк, сколько в ядре",
        """
        SELECT indicator_code, level, sum(core_rows) AS core_rows, sum(mart_rows) AS mart_rows
        FROM (
            SELECT v.indicator_code, v.level, 1 AS core_rows, 0 AS mart_rows
            FROM core.indicator_values AS v INNER JOIN core.dim_indicator AS d ON v.indicator_code = d.indicator_code
            WHERE ', ' || d.core_levels || ', ' NOT LIKE '%, ' || v.level || ', %'
            UNION ALL
            SELECT indicator_code, level, 0, 1 FROM marts.indicator_values
        ) AS rows_of_both
        GROUP BY indicator_code, level
        HAVING sum(core_rows) <> sum(mart_rows)
        """,
    ),
    _levels_add_up("school", "municipality"),
    _levels_add_up("municipality", "region"),
    Check("скрытые значения не видны", f"SELECT {KEY} FROM marts.indicator_values WHERE is_suppressed AND ({_HIDDEN_SHOWS})"),
    Check(
        "значения по 1–4 людям скрыты",
        f"""
        SELECT {", ".join("m." + column for column in KEY.split(", "))}
        FROM marts.indicator_values AS m INNER JOIN core.dim_indicator AS d ON m.indicator_code = d.indicator_code
        WHERE d.is_suppressible AND m.n BETWEEN 1 AND 4 AND NOT m.is_suppressed AND NOT {_COUNTS_ORGANISATIONS}
        """,
    ),
    Check(
        "открытые значения равны значениям ядра",
        f"""
        SELECT {", ".join("m." + column for column in KEY.split(", "))}
        FROM marts.indicator_values AS m INNER JOIN core.indicator_values AS c ON {_SAME_KEY}
        WHERE NOT m.is_suppressed AND ({_DIFFERS})
        """,
    ),
    Check(
        "в открытой витрине нет внутренних строк",
        f"SELECT {KEY} FROM marts.public_indicator_values WHERE visibility <> 'public'",
    ),
    Check("ядро ничего не скрывает", f"SELECT {KEY} FROM core.indicator_values WHERE is_suppressed"),
)


def faults(query: Query, checks: Iterable[Check] = CHECKS) -> list[str]:
    """One Russian line for every check that does not hold, with the first offending row."""
    found = []
    for check in checks:
        offending = query(check.sql)
        if offending.height:
            first = ", ".join(f"{name}={value}" for name, value in offending.row(0, named=True).items() if value not in ("", None))
            found.append(f"Не выполнено: {check.title}; строк: {offending.height}, первая: {first}")
    return found


def personal_columns(query: Query, forbidden: Iterable[str], where: str, schemas: Collection[str] | None = None) -> list[str]:
    """One Russian line for every column that carries people into a place where it must not be: these schemas, or all there are."""
    columns = query("SELECT table_schema, table_name, column_name FROM information_schema.columns")
    leaks = columns.filter(pl.col("column_name").is_in(sorted(forbidden)))
    if schemas is not None:
        leaks = leaks.filter(pl.col("table_schema").is_in(sorted(schemas)))
    return [f"Персональные данные в {where}: {schema}.{table}.{column}" for schema, table, column in leaks.sort(pl.all()).iter_rows()]
