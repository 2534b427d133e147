"""The macros of intervals against the same formulas in Python: unit tests of dbt compare to the last digit, which no interval bears."""

from __future__ import annotations

import math

import duckdb
import jinja2
import pytest
from dbt_running import PROJECT

Z = 1.959964


def value(macro: str, **columns: float | None) -> float:
    """What the macro gives for a row of these columns; the macro is called as in a model."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    text = (PROJECT / "macros" / "statistics.sql").read_text(encoding="utf-8") + "{{ " + macro + " }}"
    row = ", ".join(f"cast({'null' if number is None else number} as double) as {name}" for name, number in columns.items())
    found = duckdb.execute(f"select {environment.from_string(text).render()} from (select {row})").fetchone()
    assert found
    return float(found[0])


def wilson(successes: float, total: float) -> tuple[float, float]:
    share, spread = successes / total, Z * Z / total
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    middle = (share + spread / 2) / (1 + spread)
    return middle - half, middle + half


@pytest.mark.parametrize(("successes", "total"), [(5, 20), (16, 20), (1, 3), (117, 2278)])
def test_wilson(successes: float, total: float) -> None:
    for sign, limit in zip("-+", wilson(successes, total), strict=True):
        assert value(f"wilson_limit('k', 'n', 'z', '{sign}')", k=successes, n=total, z=Z) == pytest.approx(limit, abs=1e-12)


def test_wilson_stays_between_0_and_1() -> None:
    assert value("wilson_limit('k', 'n', 'z', '-')", k=0, n=9, z=Z) == 0
    assert value("wilson_limit('k', 'n', 'z', '+')", k=9, n=9, z=Z) == 1


def test_newcombe() -> None:
    """5 of 20 after 16 of 20: the change of −0.55 lies in −0.73255…−0.24260 (worked out by hand from the Wilson limits)."""
    (now_low, now_high), (before_low, before_high) = wilson(5, 20), wilson(16, 20)
    limits = {"a": 0.25, "a_low": now_low, "a_high": now_high, "b": 0.8, "b_low": before_low, "b_high": before_high}
    assert -0.55 - value("newcombe_reach('a', 'a_low', 'b', 'b_high')", **limits) == pytest.approx(-0.732551, abs=1e-6)
    assert -0.55 + value("newcombe_reach('b', 'b_low', 'a', 'a_high')", **limits) == pytest.approx(-0.242602, abs=1e-6)


def test_welch_degrees() -> None:
    """Standard errors 1 and 2 of samples of 10 and 20: (1 + 4)² / (1/9 + 16/19) = 26.2, so 26 whole degrees; no spread at all: 1."""
    assert value("welch_degrees('a', 'n', 'b', 'm')", a=1, n=10, b=4, m=20) == 26
    assert value("welch_degrees('a', 'n', 'b', 'm')", a=0, n=10, b=0, m=20) == 1


@pytest.mark.parametrize(("degrees", "quantile"), [(101, 1.983731), (200, 1.971896), (1000, 1.962339)])
def test_t_beyond_the_seed(degrees: int, quantile: float) -> None:
    """Against published tables of Student's distribution."""
    assert value("t_quantile('df', 'seed', 'z')", df=degrees, seed=None, z=Z) == pytest.approx(quantile, abs=1e-6)


def test_t_of_the_seed() -> None:
    """The seed wins where it has the degrees, and holds what tables say."""
    assert value("t_quantile('df', 'seed', 'z')", df=9, seed=2.26216, z=Z) == 2.26216
    rows = [line.split(",") for line in (PROJECT / "seeds" / "t_quantiles.csv").read_text(encoding="utf-8").splitlines()[1:]]
    seed = {int(degrees): float(quantile) for degrees, quantile in rows}
    assert list(seed) == list(range(1, 101))
    assert (seed[1], seed[9], seed[30], seed[100]) == pytest.approx((12.706205, 2.262157, 2.042272, 1.983972), abs=1e-6)
