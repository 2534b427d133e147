"""The arithmetic of contracts 4 and domain.md 2.0 a second time, from the textbook and by no SQL."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from statistics import fmean, variance

Z = 1.959963984540054
STEPS = 2000


def wilson(successes: float, n: float) -> tuple[float, float]:
    """95 % interval of a share."""
    share = successes / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return middle - half, middle + half


def newcombe(before: tuple[float, float], after: tuple[float, float]) -> tuple[float, float]:
    """95 % interval of the difference of two shares given as (successes, n): the hybrid score method."""
    (low_1, high_1), (low_2, high_2) = wilson(*before), wilson(*after)
    share_1, share_2 = before[0] / before[1], after[0] / after[1]
    below = math.hypot(share_2 - low_2, high_1 - share_1)
    above = math.hypot(high_2 - share_2, share_1 - low_1)
    return share_2 - share_1 - below, share_2 - share_1 + above


def _t_probability(t: float, freedom: float) -> float:
    """P(|T| ≤ t) by Simpson's rule on the density."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
    step = t / STEPS
    weights = (1 if i in (0, STEPS) else 4 if i % 2 else 2 for i in range(STEPS + 1))
    return 2 * scale * step / 3 * sum(w * math.pow(1 + (i * step) ** 2 / freedom, -(freedom + 1) / 2) for i, w in enumerate(weights))


@cache
def t_quantile(freedom: float) -> float:
    """The two-sided 95 % quantile of Student's distribution."""
    low, high = 1.9, 13.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if _t_probability(middle, freedom) < 0.95 else (low, middle)
    return (low + high) / 2


def t_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """95 % interval of a mean; none for a single value."""
    if len(values) < 2:
        return None
    half = t_quantile(len(values) - 1) * math.sqrt(variance(values) / len(values))
    return fmean(values) - half, fmean(values) + half


def welch(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """95 % interval of the difference of two means with unequal variances."""
    part_1, part_2 = variance(before) / len(before), variance(after) / len(after)
    freedom = (part_1 + part_2) ** 2 / (part_1**2 / (len(before) - 1) + part_2**2 / (len(after) - 1))
    half = t_quantile(freedom) * math.sqrt(part_1 + part_2)
    difference = fmean(after) - fmean(before)
    return difference - half, difference + half


def dynamics(interval: tuple[float, float]) -> str:
    """The word for an interval of a difference."""
    low, high = interval
    return "рост" if low > 0 else "снижение" if high < 0 else "без значимых изменений"


def assessment(word: str, more_is_better: bool) -> str:
    """The dynamics read by the indicator's direction."""
    good, bad = ("рост", "снижение") if more_is_better else ("снижение", "рост")
    return {good: "улучшение", bad: "ухудшение"}.get(word, word)
