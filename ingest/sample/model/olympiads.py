"""The olympiad of schoolchildren, stage by stage: who did well at one is invited to the next.

How a protocol prints it belongs to `exports.contests`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count, groupby
from math import exp
from random import Random

from ingest.sample.model.people import Person, draw_person
from ingest.sample.model.places import School

SUBJECTS = ["Русский язык", "Математика", "Физика", "История"]
SCHOOL, MUNICIPAL, REGIONAL = "школьный", "муниципальный", "региональный"
WINNER, PRIZE, PARTICIPANT = "победитель", "призёр", "участник"
# A winner has more than half of the points; after the winner so many prizes are given to who comes near that.
PRIZES, NEAR = 2, 0.42
# A quarter of the pupils of grades 5-11, of which a school's size is one.
SHARE_OF_PUPILS, GRADES = 0.25, 7


@dataclass(frozen=True)
class Stage:
    """A stage: its name, its letter in codes, the points of a perfect work, how hard it is, the lowest grade that takes part."""

    name: str
    letter: str
    maximum: int
    hardness: float
    lowest_grade: int

    def place(self, school: School) -> int:
        """Whom a contestant of this school is compared with: the school, the municipality, everybody."""
        return {SCHOOL: school.serial, MUNICIPAL: school.municipality.number, REGIONAL: 0}[self.name]


STAGES = [Stage(SCHOOL, "Ш", 50, 0.6, 5), Stage(MUNICIPAL, "М", 100, 1.2, 7), Stage(REGIONAL, "Р", 100, 1.8, 9)]


@dataclass(frozen=True, eq=False, slots=True)
class Contestant:
    """A pupil with a liking for a subject."""

    person: Person
    school: School
    grade: int
    subject: str
    ability: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant's result at one stage of an academic year (named by the year in which it ends)."""

    year: int
    stage: Stage
    code: str
    contestant: Contestant
    points: int
    status: str


def compete(rng: Random, schools: list[School], first_year: int, last_year: int) -> list[Entry]:
    """All stages of all years, in the order of their protocols."""
    return [entry for year in range(first_year, last_year + 1) for entry in _hold_year(rng, schools, year)]


def _hold_year(rng: Random, schools: list[School], year: int) -> Iterator[Entry]:
    invited = [one for school in schools if school.is_open(date(year - 1, 10, 1)) for one in _contestants(rng, school)]
    for stage in STAGES:
        entries = list(_hold(rng, [one for one in invited if one.grade >= stage.lowest_grade], year, stage))
        yield from entries
        invited = [entry.contestant for entry in entries if entry.status != PARTICIPANT]


def _contestants(rng: Random, school: School) -> Iterator[Contestant]:
    if school.is_evening:
        return
    for _ in range(max(1, round(school.size * GRADES * SHARE_OF_PUPILS * rng.gauss(1, 0.15)))):
        person, grade, ability = draw_person(rng), rng.randrange(5, 12), school.quality + rng.gauss(0, 0.9)
        for subject in rng.sample(SUBJECTS, rng.choice((1, 1, 2))):
            yield Contestant(person, school, grade, subject, ability)


def _hold(rng: Random, contestants: list[Contestant], year: int, stage: Stage) -> Iterator[Entry]:
    serial = count(1)

    def competition(one: Contestant) -> tuple[str, int, int]:
        return one.subject, stage.place(one.school), min(9, one.grade)

    for _, group in groupby(sorted(contestants, key=competition), key=competition):
        results = sorted(((_points(rng, one, stage), place, one) for place, one in enumerate(group)), reverse=True)
        for rank, (points, _, one) in enumerate(results):
            code = f"{stage.letter}{year % 100:02d}-{next(serial):05d}"
            yield Entry(year, stage, code, one, points, _status(rank, points / stage.maximum))


def _points(rng: Random, contestant: Contestant, stage: Stage) -> int:
    chance = 1 / (1 + exp(stage.hardness + 0.4 - 1.2 * contestant.ability - rng.gauss(0, 0.4)))
    return round(stage.maximum * chance)


def _status(rank: int, share: float) -> str:
    if rank == 0 and share > 0.5:
        return WINNER
    return PRIZE if rank <= PRIZES and share > NEAR else PARTICIPANT
