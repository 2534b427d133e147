"""What a school's families are like: its social passport. It goes with the results of its pupils as it does in life, loosely.

So there are schools that do better than their circumstances, and schools that do worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from statistics import mean, pstdev

from ingest.sample.model.places import School
from ingest.sample.model.pupils import Enrolment

# How much of a school's standing its results tell; the rest is its own.
LOADING = 0.75
# Per cent: the mean of the region, the step for one standard deviation of standing.
COMPONENTS = {
    "Доля семей с высшим образованием": (38.0, 13.0),
    "Доля семей в благоустроенном жилье": (76.0, 10.0),
    "Доля неполных семей": (23.0, -5.0),
    "Доля малообеспеченных семей": (25.0, -9.0),
    "Доля обучающихся, состоящих на учёте": (2.6, -1.1),
    "Доля обучающихся, для которых русский язык не родной": (7.0, -3.0),
    "Доля обучающихся, освоивших ООП": (98.6, 0.5),
}
SPECIAL_NEEDS = (4.5, -1.5)


@dataclass(frozen=True)
class Passport:
    """A school in an academic year: shares in per cent, pupils, and how many of them have special needs (ОВЗ)."""

    school: School
    autumn: int
    shares: dict[str, float]
    pupils: int
    special_needs: int


def describe(rng: Random, enrolment: Enrolment) -> list[Passport]:
    """A passport for every school and academic year; from year to year little changes."""
    standing = _standing(rng, list(dict.fromkeys(school for school, _ in enrolment)))
    return [_passport(rng, school, autumn, standing[school], sum(grades.values())) for (school, autumn), grades in enrolment.items()]


def _standing(rng: Random, schools: list[School]) -> dict[School, float]:
    qualities = [school.quality for school in schools]
    middle, spread = mean(qualities), pstdev(qualities) or 1.0
    own = (1 - LOADING**2) ** 0.5
    return {school: LOADING * (school.quality - middle) / spread + rng.gauss(0, own) for school in schools}


def _passport(rng: Random, school: School, autumn: int, standing: float, pupils: int) -> Passport:
    shares = {name: _share(rng, *line, standing) for name, line in COMPONENTS.items()}
    return Passport(school, autumn, shares, pupils, round(pupils * _share(rng, *SPECIAL_NEEDS, standing) / 100))


def _share(rng: Random, middle: float, step: float, standing: float) -> float:
    return round(min(100.0, max(0.0, middle + step * (standing + rng.gauss(0, 0.25)))), 1)
