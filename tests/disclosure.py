"""Attacks the published marts: what can be had of closed cells by adding, subtracting and the ends of what is possible.

The attacker knows which school stands where, how many people are behind every cell and what the parts of a family add up to; every open
cell of `marts.indicator_values` is an equation, every unknown lies within the range of the indicator. A cell that linear programming leaves
one value for is disclosed. How cells are closed is not said here: nothing of `indicator_suppression` is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

# codes that together are everybody: Σ numerators = n, of the same people
WHOLES = [("vpr_journal_lower", "vpr_journal_confirm", "vpr_journal_higher")]
# code = Σ of breakdowns of another over the same people
PARTS = {"vpr_quality": ("vpr_mark_distribution", ("4", "5")), "vpr_success": ("vpr_mark_distribution", ("3", "4", "5"))}
CLUSTER_COMPARISONS = {"ege_pass_vs_cluster": "ege_pass_share_mandatory"}
PINNED = 1e-6
ROUNDS = 4

Slice = tuple[str, str, str, str]
Cell = tuple[str, str, str, str]


@dataclass
class Attack:
    """One slice: unknown contributions of schools, and what is published of their sums."""

    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    members: dict[Cell, list[int]] = field(default_factory=lambda: defaultdict(list))
    equations: list[tuple[dict[int, float], float]] = field(default_factory=list)
    hidden: list[Cell] = field(default_factory=list)

    def unknown(self, low: float, high: float) -> int:
        """A new unknown within its range."""
        self.lows.append(low)
        self.highs.append(high)
        return len(self.lows) - 1

    def disclosed(self, seed: int = 1) -> list[Cell]:
        """The hidden cells that have one value only."""
        if not self.hidden:
            return []
        matrix, right = _matrix(self.equations, len(self.lows))
        bounds = np.column_stack([self.lows, self.highs])
        sums = {cell: self.members[cell] for cell in self.hidden}
        left = set(sums)
        for objective in _objectives(len(self.lows), seed):
            one, other = (_solve(sign * objective, matrix, right, bounds) for sign in (1, -1))
            left = {cell for cell in left if abs(one[sums[cell]].sum() - other[sums[cell]].sum()) <= PINNED}
        return sorted(cell for cell in left if _is_pinned(sums[cell], matrix, right, bounds))


def _objectives(size: int, seed: int) -> Iterator[np.ndarray[Any, Any]]:
    draw = np.random.default_rng(seed)
    return (draw.normal(size=size) for _ in range(ROUNDS))


def _matrix(equations: list[tuple[dict[int, float], float]], size: int) -> tuple[csr_matrix | None, np.ndarray[Any, Any] | None]:
    if not equations:
        return None, None
    cells = [(at, column, factor) for at, (sides, _) in enumerate(equations) for column, factor in sides.items()]
    rows, columns, factors = zip(*cells, strict=True)
    return csr_matrix((factors, (rows, columns)), shape=(len(equations), size)), np.array([right for _, right in equations])


def _solve(objective: np.ndarray[Any, Any], matrix: Any, right: Any, bounds: Any) -> np.ndarray[Any, Any]:
    found = linprog(objective, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
    assert found.status == 0, f"what is published has no solution: {found.message}"
    return np.asarray(found.x)


def _is_pinned(columns: list[int], matrix: Any, right: Any, bounds: Any) -> bool:
    objective = np.zeros(len(bounds))
    objective[columns] = 1
    low, high = (_solve(sign * objective, matrix, right, bounds)[columns].sum() for sign in (1, -1))
    return bool(high - low <= PINNED)


# ---- the marts as equations ----------------------------------------------------------------------------------------------------------

_UNITS = """
    SELECT i.family, u.period, u.subject_code, u.grade, u.indicator_code, u.breakdown, u.member_code AS school,
           sum(u.numerator) AS numerator, sum(coalesce(u.denominator, u.units)) AS weight, i.least_value, i.greatest_value, places.levels
    FROM intermediate.indicator_units AS u
    JOIN core.dim_indicator AS i USING (indicator_code)
    JOIN (
        SELECT d.indicator_code, d.period, d.member_code, d.event_date, list(DISTINCT m.level || chr(31) || m.entity_code) AS levels
        FROM (SELECT DISTINCT indicator_code, period, member_code, event_date FROM intermediate.indicator_units WHERE is_current) AS d
        JOIN core.dim_indicator AS k ON d.indicator_code = k.indicator_code
        JOIN core.bridge_membership AS m ON d.member_code = m.member_code
            AND CASE
                WHEN k.period_kind = 'year' AND m.level NOT IN ('school', 'municipality', 'region')
                    THEN least(d.event_date, CAST(d.period || '-08-31' AS DATE))
                ELSE d.event_date
            END BETWEEN m.valid_from AND m.valid_to
        WHERE list_contains(string_split(k.levels, ', '), m.level)
        GROUP BY ALL
    ) AS places ON u.indicator_code = places.indicator_code AND u.period = places.period AND u.member_code = places.member_code
        AND u.event_date = places.event_date
    WHERE u.is_current AND i.is_suppressible AND NOT i.has_distinct_units
    GROUP BY ALL
"""
_CELLS = """
    SELECT i.family, v.period, v.subject_code, v.grade, v.indicator_code, v.breakdown, v.level, v.entity_code, v.numerator, v.is_suppressed,
           v.value
    FROM published.marts.indicator_values AS v JOIN core.dim_indicator AS i USING (indicator_code)
    WHERE i.is_suppressible AND NOT i.has_distinct_units
"""


def attacks(build: Path, published: Path) -> dict[Slice, Attack]:
    """Every slice in which something is closed, by family, period, subject and class.

    `build` is the build database, which tells who stands where; `published` the file that readers open.
    """
    with duckdb.connect(str(build), read_only=True) as connection:
        connection.execute(f"ATTACH '{published}' AS published (READ_ONLY)")
        units = connection.execute(_UNITS).fetchall()
        cells = connection.execute(_CELLS).fetchall()
    hiding = {tuple(row[:4]) for row in cells if row[9]}
    slices: dict[Slice, Attack] = defaultdict(Attack)
    known: dict[Slice, dict[Cell, float]] = defaultdict(dict)
    people: dict[Slice, dict[tuple[str, str, tuple[str, ...]], list[tuple[int, float, str]]]] = defaultdict(lambda: defaultdict(list))
    for *cut, code, breakdown, school, _, weight, least, greatest, places in units:
        key: Slice = (cut[0], cut[1], cut[2], cut[3])
        if key in hiding:
            attack = slices[key]
            unknown = attack.unknown(least * weight, greatest * weight)
            for place in places:
                level, entity = place.split("\x1f")
                attack.members[code, breakdown, level, entity].append(unknown)
            people[key][school, "", tuple(sorted(places))].append((unknown, weight, f"{code} {breakdown}".strip()))
    for *cut, code, breakdown, level, entity, numerator, is_hidden, value in cells:
        key = (cut[0], cut[1], cut[2], cut[3])
        if key not in slices or (code, breakdown, level, entity) not in slices[key].members:
            continue
        if is_hidden:
            slices[key].hidden.append((code, breakdown, level, entity))
        elif value is not None:
            known[key][code, breakdown, level, entity] = numerator
    for key, attack in slices.items():
        attack.equations += [(dict.fromkeys(attack.members[cell], 1.0), value) for cell, value in known[key].items()]
        for group in people[key].values():
            attack.equations += _of_the_same_people(group)
    _add_cluster_comparisons(published, slices)
    return dict(slices)


def _of_the_same_people(group: list[tuple[int, float, str]]) -> Iterable[tuple[dict[int, float], float]]:
    """Codes and breakdowns that add up over the same people."""
    by_code = {name: (unknown, weight) for unknown, weight, name in group}
    for whole in WHOLES:
        if all(code in by_code for code in whole):
            yield {by_code[code][0]: 1.0 for code in whole}, by_code[whole[0]][1]
    distribution = [name for name in by_code if name.startswith("vpr_mark_distribution ")]
    if len(distribution) == len("2345"):
        yield {by_code[name][0]: 1.0 for name in distribution}, by_code[distribution[0]][1]
    for code, (other, breakdowns) in PARTS.items():
        parts = [f"{other} {breakdown}" for breakdown in breakdowns]
        if code in by_code and all(part in by_code for part in parts):
            yield {by_code[code][0]: 1.0, **{by_code[part][0]: -1.0 for part in parts}}, 0.0


def _add_cluster_comparisons(published: Path, slices: dict[Slice, Attack]) -> None:
    """v_i − (N − x_i) / (D − n_i) = the published difference."""
    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute(
            "SELECT indicator_code, period, entity_code, value FROM marts.indicator_values"
            f" WHERE indicator_code IN ({', '.join(repr(code) for code in CLUSTER_COMPARISONS)}) AND value IS NOT NULL"
        ).fetchall()
    for code, period, school, value in rows:
        source = CLUSTER_COMPARISONS[code]
        for (_, at, *_rest), attack in slices.items():
            own = attack.members.get((source, "", "school", school)) if at == period else None
            clusters = [
                cell for cell in attack.members if cell[0] == source and cell[2] == "cluster" and set(own or ()) & set(attack.members[cell])
            ]
            if not own or not clusters:
                continue
            others = [unknown for unknown in attack.members[clusters[0]] if unknown not in own]
            n, rest = sum(attack.highs[u] for u in own), sum(attack.highs[u] for u in others)
            attack.equations.append(({**dict.fromkeys(own, 1 / n), **dict.fromkeys(others, -1 / rest)}, value))
