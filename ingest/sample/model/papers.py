"""A paper of tasks and how an ability turns into points on it: the one idea behind exam results and ВПР works.

Marks, scales and thresholds belong to the procedures that use a paper.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from math import exp
from random import Random

STEPS = 10
BOUND = 45


@dataclass(frozen=True)
class Paper:
    """Tasks by their maximal points, from the easiest to the hardest; `ease` moves them all, `reach` spreads the abilities."""

    maxima: tuple[int, ...]
    ease: float
    reach: float = 1.0
    _outcomes: dict[int, list[bytes]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def highest(self) -> int:
        """The points of a perfect work."""
        return sum(self.maxima)

    def points(self, rng: Random, ability: float) -> bytes:
        """Points for every task, one byte a task."""
        outcomes = self.outcomes(max(-BOUND, min(BOUND, round(ability * STEPS))))
        # One byte of chance a task looks its points up: this is the innermost loop of the whole sample.
        return bytes([points[byte] for points, byte in zip(outcomes, rng.randbytes(len(outcomes)), strict=True)])

    def outcomes(self, step: int) -> list[bytes]:
        """What each task gives for every byte of chance, at this step of ability."""
        return self._outcomes.get(step) or self._expect(step)

    def _expect(self, step: int) -> list[bytes]:
        spread = 2.4 / max(1, len(self.maxima) - 1)
        ability = self.reach * step / STEPS + self.ease + 1.2
        chances = [1 / (1 + exp(spread * place - ability)) for place in range(len(self.maxima))]
        self._outcomes[step] = [_outcomes(top, round(100 * chance)) for top, chance in zip(self.maxima, chances, strict=True)]
        return self._outcomes[step]


@cache
def _outcomes(top: int, percent: int) -> bytes:
    """The points for every byte of chance: all or nothing for one point, around the expected share for more."""
    if top == 1:
        return bytes(byte < 2.56 * percent for byte in range(256))
    return bytes(min(top, max(0, round(top * (percent / 100 + 0.8 * byte / 256 - 0.4)))) for byte in range(256))
